#include "node/delivery/probe_answers.h"

#include <algorithm>

namespace culvert::node {
namespace {

bool is_about_recipient(std::string_view enhanced) {
  constexpr std::string_view kCodes[] = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"};
  return std::find(std::begin(kCodes), std::end(kCodes), enhanced) != std::end(kCodes) ||
         enhanced.starts_with("5.2.");
}

// True if the server had nothing against the sender: it looked at the control's own address.
bool took_sender(const RecipientOutcome& control) {
  if (!control.from_server) return false;
  return control.reply.positive() ||
         (control.at_rcpt && is_about_recipient(control.reply.enhanced));
}

}  // namespace

bool is_policy(const Reply& reply) { return reply.enhanced.starts_with("5.7."); }

ProbeMeaning meaning_of(const std::vector<RecipientOutcome>& outcomes) {
  const RecipientOutcome& outcome = outcomes.front();
  const Reply& reply = outcome.reply;
  if (!outcome.from_server) return ProbeMeaning::not_asked;
  if (reply.positive()) return ProbeMeaning::known;
  if (reply.temporary()) return outcome.at_rcpt ? ProbeMeaning::later : ProbeMeaning::not_asked;
  if (!outcome.at_rcpt) return ProbeMeaning::untold;
  const bool is_recipients =
      reply.enhanced.empty() || is_about_recipient(reply.enhanced) ||
      (is_policy(reply) && outcomes.size() > 1 && took_sender(outcomes.back()));
  return is_recipients ? ProbeMeaning::refused : ProbeMeaning::untold;
}

}  // namespace culvert::node
