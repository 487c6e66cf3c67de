#include "node/policy/decision.h"

#include <algorithm>
#include <iterator>

namespace culvert::node {
namespace {

// One value of a key for both sides of a mail, and the reason for it.
struct Combined {
  std::size_t value = 0;
  std::vector<std::string> reasons;
};

Combined combined(const Rules& rules, PolicyKey key, const Question& question) {
  const PolicyRow& row = policy_row(key);
  Combined out;
  const auto ask = [&](const ReversePath& side, std::string_view name) {
    const FoundValue found = rules.find(key, side);
    out.reasons.push_back(std::string(row.name) + " = " + std::string(row.words[found.value].word) +
                          " for the " + std::string(name) + " (" + found.scope + ")");
    return found.value;
  };
  switch (row.side) {
    case PolicyRow::Side::sender:
      out.value = ask(question.sender, "sender");
      break;
    case PolicyRow::Side::recipient:
      out.value = ask(question.recipient, "recipient");
      break;
    case PolicyRow::Side::both: {
      const std::size_t from = ask(question.sender, "sender");
      out.value = row.combine(from, ask(question.recipient, "recipient"));
      break;
    }
  }
  return out;
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
    return {Path::inside, {domain + " is served by this node"}};
  }
  // A route that is or was active takes precedence over every other rule: no value of `encrypt`
  // bypasses it.
  if (question.route == RouteUse::seals) {
    return {Path::tunnel, {"the route to " + domain + " is active"}};
  }
  if (question.route == RouteUse::waits) {
    return {Path::tunnel, {"the route to " + domain + " was active and is waited for"}};
  }
  PathDecision decision{Path::clear, {"there is no active route to " + domain}};
  Combined encrypt = combined(rules, PolicyKey::encrypt, question);
  std::move(encrypt.reasons.begin(), encrypt.reasons.end(), std::back_inserter(decision.reasons));
  if (static_cast<Encrypt>(encrypt.value) == Encrypt::mandatory) decision.path = Path::refuse;
  return decision;
}

}  // namespace culvert::node
