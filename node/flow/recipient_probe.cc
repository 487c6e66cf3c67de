#include "node/flow/recipient_probe.h"

#include <algorithm>

#include "node/flow/quarantine_source.h"
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

void RecipientProbe::check(const Mailbox& recipient, const std::string& client,
                           DecisionCallback decided) {
  if (auto known = remembered(recipient)) return decided(*std::move(known));
  const std::string source = source_of(client);
  hops_.home.post([this, source, question = Question{recipient, std::move(decided)}]() mutable {
    enqueue(source, std::move(question));
  });
}

// Empty behind an edge and on this machine.
std::string RecipientProbe::source_of(const std::string& client) const {
  const auto address = IpAddress::parse(client);
  if (!address || address->is_loopback()) return {};
  for (const IpNetwork& edge : hops_.flow.config.get()->outside.networks) {
    if (edge.contains(*address)) return {};
  }
  return source_network(*address);
}

void RecipientProbe::enqueue(const std::string& source, Question question) {
  const auto found = waiting_.find(source);
  if (!source.empty() && found != waiting_.end() && found->second.size() >= kMaxWaitingOfSource) {
    return question.decided(replies::too_much_for_now());
  }
  if (waiting_count_ >= kMaxWaitingProbes) return question.decided(std::nullopt);
  waiting_[source].push_back(std::move(question));
  ++waiting_count_;
  ask_next();
}

// Sources take turns, so that one which asks much waits for itself.
std::optional<RecipientProbe::Question> RecipientProbe::take_next() {
  if (waiting_.empty()) return std::nullopt;
  auto turn = waiting_.upper_bound(last_);
  if (turn == waiting_.end()) turn = waiting_.begin();
  last_ = turn->first;
  Question question = std::move(turn->second.front());
  turn->second.pop_front();
  if (turn->second.empty()) waiting_.erase(turn);
  --waiting_count_;
  return question;
}

void RecipientProbe::ask_next() {
  const auto free = std::find_if(connections_.begin(), connections_.end(),
                                 [](const auto& hop) { return !hop->busy(); });
  if (free == connections_.end()) return;
  const auto next = take_next();
  if (!next) return;
  const Question& question = *next;
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
