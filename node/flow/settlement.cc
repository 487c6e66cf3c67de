#include "node/flow/settlement.h"

#include "crypto/base/log.h"
#include "node/flow/bounce.h"
#include "node/flow/retry_schedule.h"
#include "store/sent.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

constexpr std::chrono::minutes kReportDelay{5};

// The recipients of one attempt, sorted by what happened to them.
struct Sorted {
  std::vector<store::QueueRecipient> later;
  std::vector<FailedRecipient> failed;                   // those whose sender is to be told
  std::vector<store::QueueRecipient> failed_recipients;  // the same, as they stand in the queue
  std::string later_reason;
  std::size_t delivered = 0;
  std::size_t given_up = 0;  // whether or not somebody is to be told
  store::TraceEvent event;
};

struct Failure {
  std::string status;
  std::string reply;
  std::string host{};  // empty: this node says so
};

void note_failure(const store::QueueRecipient& r, Failure failure, Sorted& sorted) {
  ++sorted.given_up;
  if (!wants_report(r.notify)) return;
  sorted.failed_recipients.push_back(r);
  sorted.failed.push_back({r.mailbox, r.orcpt, std::move(failure.status), std::move(failure.reply),
                           std::move(failure.host)});
}

void sort_one(const store::QueueRecipient& r, const RecipientOutcome& outcome,
              const std::string& host, Sorted& sorted) {
  const std::string summary = outcome.reply.summary();
  if (outcome.reply.positive()) {
    ++sorted.delivered;
    sorted.event.fields.emplace_back("to", r.mailbox.text() + ": " + summary);
  } else if (outcome.reply.permanent()) {
    note_failure(r, {outcome.reply.enhanced, summary, outcome.from_server ? host : ""}, sorted);
    sorted.event.fields.emplace_back("refused", r.mailbox.text() + ": " + summary);
  } else {
    sorted.later.push_back(r);
    sorted.later_reason = summary;
    sorted.event.fields.emplace_back("deferred", r.mailbox.text() + ": " + summary);
  }
}

// Sealed for whom, and the name under which the peer's trace has it.
void add_seal(const Attempt& attempt, store::TraceEvent& event) {
  event.fields.emplace_back("sealed-for", attempt.seal->peer.hex());
  event.fields.emplace_back("certificate", attempt.seal->recipient.serial_hex());
  event.fields.emplace_back("culvert-id", attempt.message.id.hex());
}

// What has waited too long has failed.
void expire(Sorted& sorted) {
  for (const store::QueueRecipient& r : sorted.later) {
    note_failure(
        r, {std::string(kExpiredStatus), "not delivered in time; last: " + sorted.later_reason},
        sorted);
  }
  sorted.later.clear();
}

// Mail that left under the tunnel address: what comes back to it has to find its sender.
struct Sent {
  Bytes token;
  store::SentMail mail;
};

// Nothing if the address was not used, or nobody was handed over whose failure is to be reported.
// A lost answer counts: the peer may have taken this copy, and then takes no later one.
std::optional<Sent> sent_mail(const Attempt& attempt, const DeliveryReport& report, Time now) {
  if (!attempt.under_tunnel_address()) return std::nullopt;
  const auto token = from_hex(attempt.seal->token);
  if (!token) return std::nullopt;
  Sent sent{*token, {}};
  for (std::size_t i = 0; i < attempt.entry.recipients.size(); ++i) {
    const RecipientOutcome& outcome = report.outcomes[i];
    const store::QueueRecipient& r = attempt.entry.recipients[i];
    if (!outcome.reply.positive() && !outcome.perhaps_taken) continue;
    if (wants_report(r.notify)) sent.mail.recipients.push_back(r);
  }
  if (sent.mail.recipients.empty()) return std::nullopt;
  sent.mail.message = attempt.message.id;
  sent.mail.sender = attempt.message.sender;
  sent.mail.envid = attempt.message.envid;
  sent.mail.received = attempt.message.received;
  sent.mail.sealed = now;
  return sent;
}

struct Settlement {
  store::QueueEntry entry;
  store::Message message;
  Sorted sorted;
  std::optional<Sent> sent;
  std::optional<BouncePlan> bounce;
  SettledCallback done;
};

Status write(const FlowContext& context, const Settlement& s, store::WriteTransaction& txn) {
  const Time now = context.clock.now();
  if (s.sent) store::note_sent(txn, s.sent->token, s.sent->mail);
  if (s.bounce) {
    if (const Status put = put_bounce(txn, *s.bounce, now); !put) return put;
  }
  if (s.sorted.later.empty()) {
    store::finish(txn, s.entry.id);
  } else {
    store::defer(txn, s.entry.id,
                 {now + retry_delay(s.entry.attempts), s.sorted.later_reason, s.sorted.later, {}});
  }
  return done();
}

void count(const FlowContext& context, const Settlement& s) {
  Counters& counters = context.counters;
  const bool sealed =
      s.entry.path == store::DeliveryPath::tunnel || s.entry.path == store::DeliveryPath::proof;
  if (s.sorted.delivered > 0) {
    counters.add(Counted::delivered);
    counters.add(Counted::octets_out, s.message.size_bytes);
    if (sealed) counters.add(Counted::sealed);
  }
  if (s.sorted.given_up > 0) counters.add(Counted::failed);
  if (!s.sorted.later.empty()) counters.add(Counted::deferred);
}

// The outcome cannot be recorded with its report (the disk is nearly full). What was delivered is
// recorded all the same, or it would be delivered again; the rest is looked at later.
void put_off(FlowContext& context, const std::shared_ptr<Settlement>& settlement,
             const Error& error) {
  log_error("message {}: the report about a failure has to wait: {} {}",
            settlement->entry.id.text(), error.text, error.detail);
  store::Deferral deferral{context.clock.now() + kReportDelay,
                           "its report cannot be stored: " + error.text,
                           settlement->sorted.later,
                           {}};
  const auto& failed = settlement->sorted.failed_recipients;
  deferral.remaining.insert(deferral.remaining.end(), failed.begin(), failed.end());
  context.store.write_async(
      [settlement, deferral](store::WriteTransaction& txn) -> Status {
        if (const auto& sent = settlement->sent) store::note_sent(txn, sent->token, sent->mail);
        store::defer(txn, settlement->entry.id, deferral);
        return culvert::done();
      },
      settlement->done);
}

void commit(FlowContext& context, const std::shared_ptr<Settlement>& settlement) {
  store::StagedRecords trace(context.store);
  store::add_trace(trace, settlement->message.id, settlement->sorted.event);
  context.store.write_async(
      [&context, settlement, trace = std::move(trace)](store::WriteTransaction& txn) {
        trace.put_into(txn);
        return write(context, *settlement, txn);
      },
      [&context, settlement](const Status& written) {
        if (!written && settlement->bounce) return put_off(context, settlement, written.error());
        if (!written) {
          log_error("message {}: the outcome could not be recorded: {} {}",
                    settlement->entry.id.text(), written.error().text, written.error().detail);
        }
        if (written) count(context, *settlement);
        if (settlement->bounce) context.wake_dispatcher();
        settlement->done(written);
      });
}

// A report has to be made from the stored header first: in a worker.
void settle(FlowContext& context, Settlement plan) {
  auto settlement = std::make_shared<Settlement>(std::move(plan));
  if (settlement->sorted.failed.empty()) return commit(context, settlement);
  const Status submitted = context.workers.submit([&context, settlement] {
    auto bounce =
        plan_bounce(context, settlement->entry, settlement->message, settlement->sorted.failed);
    if (!bounce) return put_off(context, settlement, bounce.error());
    settlement->bounce = *std::move(bounce);
    commit(context, settlement);
  });
  if (!submitted) put_off(context, settlement, submitted.error());
}

}  // namespace

bool has_expired(const FlowContext& context, const store::QueueEntry& entry) {
  return context.watch.now_for(entry.created) >= entry.expires;
}

void settle_delivery(FlowContext& context, const Attempt& attempt, const DeliveryReport& report,
                     SettledCallback done) {
  const Time now = context.clock.now();
  Sorted sorted;
  sorted.event = {
      now, "delivery", {{"path", store::path_name(attempt.entry.path)}, {"host", report.next_hop}}};
  if (!report.tls.empty()) sorted.event.fields.emplace_back("tls", report.tls);
  if (attempt.seal) add_seal(attempt, sorted.event);
  for (std::size_t i = 0; i < attempt.entry.recipients.size(); ++i) {
    sort_one(attempt.entry.recipients[i], report.outcomes[i], report.next_hop, sorted);
  }
  for (const RefusedRecipient& refused : attempt.refused) {
    note_failure(refused.recipient, {refused.why.status, refused.why.reason}, sorted);
    sorted.event.fields.emplace_back("refused",
                                     refused.recipient.mailbox.text() + ": " + refused.why.reason);
  }
  if (has_expired(context, attempt.entry)) expire(sorted);
  settle(context, {attempt.entry,
                   attempt.message,
                   std::move(sorted),
                   sent_mail(attempt, report, now),
                   {},
                   std::move(done)});
}

void settle_give_up(FlowContext& context, const store::QueueEntry& entry,
                    const store::Message& message, const GiveUp& give_up, SettledCallback done) {
  Sorted sorted;
  sorted.event = {context.clock.now(), "failed", {{"reason", give_up.reason}}};
  for (const store::QueueRecipient& r : entry.recipients) {
    note_failure(r, {give_up.status, give_up.reason}, sorted);
  }
  settle(context, {entry, message, std::move(sorted), {}, {}, std::move(done)});
}

void settle_postpone(FlowContext& context, const store::QueueEntry& entry,
                     const store::Message& message, const Postpone& postpone,
                     SettledCallback done) {
  const Time now = context.clock.now();
  if (has_expired(context, entry)) {
    return settle_give_up(
        context, entry, message,
        {std::string(kExpiredStatus), "not delivered in time: " + postpone.reason},
        std::move(done));
  }
  context.store.write_async(
      [entry, postpone, now](store::WriteTransaction& txn) -> Status {
        store::defer(txn, entry.id, {now + postpone.delay, postpone.reason, entry.recipients, {}});
        return culvert::done();
      },
      [&context, done = std::move(done)](const Status& written) {
        if (written) context.counters.add(Counted::deferred);
        done(written);
      });
}

void settle_redirect(FlowContext& context, const store::QueueEntry& entry, const Redirect& redirect,
                     SettledCallback done) {
  const Time now = context.clock.now();
  context.store.write_async(
      [id = entry.id, redirect, now](store::WriteTransaction& txn) -> Status {
        store::add_trace(
            txn, id.message,
            {now,
             "redirected",
             {{"path", store::path_name(redirect.path)}, {"destination", redirect.destination}}});
        store::redirect(txn, id, redirect.path, redirect.destination, now);
        return culvert::done();
      },
      [&context, done = std::move(done)](const Status& written) {
        context.wake_dispatcher();
        done(written);
      });
}

}  // namespace culvert::node
