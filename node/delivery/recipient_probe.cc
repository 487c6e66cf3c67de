#include "node/delivery/recipient_probe.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/delivery/probe_answers.h"
#include "node/flow/quarantine_source.h"
#include "node/smtp/replies.h"

namespace culvert::node {

namespace {

Mailbox postmaster_of(const Config& config) {
  return Mailbox::parse("postmaster@" + config.node.domains.front().text()).value();
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
  hops_.home.post([this, question = Question{source, recipient, std::move(decided)}]() mutable {
    enqueue(std::move(question));
  });
}

// Empty behind an edge and for this machine.
std::string RecipientProbe::source_of(const std::string& client) const {
  const auto address = IpAddress::parse(client);
  if (!address || address->is_loopback()) return {};
  for (const IpNetwork& edge : hops_.flow.config.get()->outside.networks) {
    if (edge.contains(*address)) return {};
  }
  return source_network(*address);
}

void RecipientProbe::enqueue(Question question) {
  const std::string source = question.source;
  const auto found = waiting_.find(source);
  if (!source.empty() && found != waiting_.end() && found->second.size() >= kMaxWaitingOfSource) {
    return question.decided(replies::too_much_for_now());
  }
  if (waiting_count_ >= kMaxWaitingProbes) return question.decided(std::nullopt);
  waiting_[source].push_back(std::move(question));
  ++waiting_count_;
  ask_next();
}

// Sources take turns, so that one that asks a lot waits only for itself.
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
  auto next = take_next();
  if (!next) return;
  if (next->step == Step::plain) next->sender = sender_;
  SharedAttempt attempt = attempt_for(*next);
  (*free)->verify(std::move(attempt),
                  [this, question = *std::move(next)](const DeliveryReport& report) {
                    answered(question, report);
                  });
}

// The control is the one mailbox that every domain has (RFC 5321, 4.5.1).
SharedAttempt RecipientProbe::attempt_for(const Question& question) const {
  const Mailbox postmaster = postmaster_of(*hops_.flow.config.get());
  Attempt attempt;
  attempt.entry.path = store::DeliveryPath::inside;
  attempt.entry.recipients = {{question.recipient, {}, {}}};
  if (question.step != Step::plain) attempt.entry.recipients.push_back({postmaster, {}, {}});
  if (question.sender == Sender::postmaster) attempt.message.sender = postmaster;
  attempt.message.smtputf8 = question.recipient.needs_utf8();
  return std::make_shared<const Attempt>(std::move(attempt));
}

void RecipientProbe::answered(Question question, const DeliveryReport& report) {
  const Reply& reply = report.outcomes.front().reply;
  const ProbeMeaning meaning = meaning_of(report.outcomes);
  if (meaning == ProbeMeaning::untold && ask_again(question)) return ask_next();
  Decision decision;
  switch (meaning) {
    case ProbeMeaning::known:
      sender_ = question.sender;
      remember(question.recipient, decision);
      break;
    case ProbeMeaning::refused:
      if (!is_policy(reply)) sender_ = question.sender;
      decision = replies::recipient_refused(question.recipient, reply);
      remember(question.recipient, decision);
      break;
    case ProbeMeaning::later:
      decision = replies::recipient_refused(question.recipient, reply);
      break;
    case ProbeMeaning::untold:
      tell_untold(question, reply);
      break;
    case ProbeMeaning::not_asked:
      break;
  }
  question.decided(std::move(decision));
  ask_next();
}

// Queues the next step, before anything else that its source asks. False if there is none.
bool RecipientProbe::ask_again(Question& question) {
  if (question.step == Step::again) return false;
  question.step = question.step == Step::plain ? Step::other : Step::again;
  question.sender = question.sender == Sender::null ? Sender::postmaster : Sender::null;
  waiting_[question.source].push_front(std::move(question));
  ++waiting_count_;
  return true;
}

void RecipientProbe::tell_untold(const Question& question, const Reply& reply) {
  const SteadyTime now = hops_.flow.clock.steady();
  if (untold_logged_ && now - *untold_logged_ < kUntoldLogged) return;
  untold_logged_ = now;
  log_warning(
      "the inside server does not tell whether it knows {}: '{}', as <> and as postmaster; "
      "such recipients are taken unasked, and what it refuses later is returned to its sender",
      question.recipient.text(), reply.summary());
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
