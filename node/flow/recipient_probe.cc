#include "node/flow/recipient_probe.h"

#include <algorithm>

#include "node/smtp/replies.h"

namespace culvert::node {
namespace {

SharedAttempt question_about(const Mailbox& recipient) {
  Attempt attempt;
  attempt.entry.path = store::DeliveryPath::inside;
  attempt.entry.recipients = {{recipient, "", ""}};
  attempt.message.smtputf8 = recipient.needs_utf8();
  return std::make_shared<const Attempt>(std::move(attempt));
}

}  // namespace

RecipientProbe::RecipientProbe(HopContext& hops, LoopGroup& loops) : hops_(hops) {
  for (std::size_t i = 0; i < kProbeConnections; ++i) {
    connections_.push_back(std::make_unique<Hop>(hops_, loops.at(i % loops.size())));
  }
}

void RecipientProbe::check(const Mailbox& recipient, DecisionCallback decided) {
  if (auto known = remembered(recipient)) return decided(*std::move(known));
  hops_.home.post([this, question = Question{recipient, std::move(decided)}]() mutable {
    enqueue(std::move(question));
  });
}

void RecipientProbe::enqueue(Question question) {
  if (waiting_.size() >= kMaxWaitingProbes) return question.decided(std::nullopt);
  waiting_.push_back(std::move(question));
  ask_next();
}

void RecipientProbe::ask_next() {
  const auto free = std::find_if(connections_.begin(), connections_.end(),
                                 [](const auto& hop) { return !hop->busy(); });
  if (waiting_.empty() || free == connections_.end()) return;
  const Question question = std::move(waiting_.front());
  waiting_.pop_front();
  (*free)->verify(question_about(question.recipient),
                  [this, question](const DeliveryReport& report) { answered(question, report); });
}

void RecipientProbe::answered(const Question& question, const DeliveryReport& report) {
  const RecipientOutcome& outcome = report.outcomes.front();
  Decision decision;
  if (outcome.from_server && outcome.reply.permanent()) {
    decision = replies::no_such_recipient(question.recipient, outcome.reply.text());
  }
  if (outcome.from_server && !outcome.reply.temporary()) remember(question.recipient, decision);
  question.decided(std::move(decision));
  ask_next();
}

std::optional<Decision> RecipientProbe::remembered(const Mailbox& recipient) {
  const std::lock_guard lock(mutex_);
  const auto found = remembered_.find(recipient);
  if (found == remembered_.end()) return std::nullopt;
  if (hops_.flow.clock.steady() < found->second.until) return found->second.decision;
  remembered_.erase(found);
  return std::nullopt;
}

void RecipientProbe::remember(const Mailbox& recipient, const Decision& decision) {
  const SteadyTime now = hops_.flow.clock.steady();
  const std::lock_guard lock(mutex_);
  if (remembered_.size() >= kMaxRememberedRecipients) remembered_.clear();
  const auto lifetime = decision ? kUnknownRecipientLifetime : kKnownRecipientLifetime;
  remembered_.insert_or_assign(recipient, Remembered{decision, now + lifetime});
}

}  // namespace culvert::node
