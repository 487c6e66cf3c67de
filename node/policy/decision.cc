#include "node/policy/decision.h"

#include <algorithm>

namespace culvert::node {
namespace {

std::string reason_for(const FoundEncrypt& found, std::string_view side) {
  return "encrypt = " + std::string(to_text(found.value)) + " for the " + std::string(side) + " (" +
         found.scope + ")";
}

}  // namespace

std::string_view to_text(Path path) {
  switch (path) {
    case Path::inside:
      return "inside";
    case Path::tunnel:
      return "tunnel";
    case Path::clear:
      return "clear";
    case Path::refuse:
      return "refuse";
  }
  return "refuse";
}

PathDecision decide(const Rules& rules, const Question& question) {
  const std::string& domain = question.recipient.domain().text();
  if (question.recipient_is_ours) {
    return {Path::inside, false, {domain + " is served by this node"}};
  }
  // A route that is or was active goes before every other rule: no value of `encrypt` bypasses it.
  if (question.route == RouteUse::seals) {
    return {Path::tunnel, false, {"the route to " + domain + " is active"}};
  }
  if (question.route == RouteUse::waits) {
    return {Path::tunnel, true, {"the route to " + domain + " was active and is waited for"}};
  }
  const FoundEncrypt from =
      question.sender ? rules.encrypt_for(*question.sender) : rules.encrypt_for_null();
  const FoundEncrypt to = rules.encrypt_for(question.recipient);
  PathDecision decision{Path::clear, false, {"there is no active route to " + domain}};
  decision.reasons.push_back(reason_for(from, "sender"));
  decision.reasons.push_back(reason_for(to, "recipient"));
  if (std::max(from.value, to.value) == Encrypt::mandatory) decision.path = Path::refuse;
  return decision;
}

}  // namespace culvert::node
