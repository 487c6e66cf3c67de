#include "node/delivery/settlement.h"

#include "crypto/base/log.h"
#include "crypto/mime/message_id.h"
#include "node/delivery/handed_over.h"
#include "node/delivery/retry_schedule.h"
#include "node/flow/mail_log.h"
#include "node/peers/proof_mail.h"
#include "node/reports/bounce.h"
#include "node/reports/delay_notice.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

constexpr std::chrono::minutes kReportDelay{5};

// The recipients of one attempt, sorted by what happened to them.
struct Sorted {
  std::vector<store::QueueRecipient> later;
  std::vector<RecipientReport> failed;                   // those whose sender is to be told
  std::vector<store::QueueRecipient> failed_recipients;  // the same, as they stand in the queue
  std::string later_reason;
  std::chrono::seconds next_try{};       // of `later`, from now
  std::vector<RecipientReport> delayed;  // of `later`, those whose sender is to be told
  std::vector<RecipientReport> relayed;  // delivered to who does not report, where that was asked
  std::size_t delivered = 0;
  std::size_t given_up = 0;  // whether or not somebody is to be told
  store::TraceEvent event;
  DeliveryTold told;
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

// Whether the next hop is responsible for the reports that were asked for (RFC 3461, 5.2.1).
enum class ReportsEnd { here, beyond };

void sort_one(const store::QueueRecipient& r, const RecipientOutcome& outcome,
              const DeliveryReport& report, ReportsEnd ends_here, Sorted& sorted) {
  const std::string& host = report.next_hop;
  const std::string summary = outcome.reply.summary();
  if (outcome.reply.positive()) {
    ++sorted.delivered;
    sorted.told.add(DeliveryTold::What::delivered, summary, r.mailbox);
    if (wants_success_report(r.notify) && ends_here == ReportsEnd::here) {
      sorted.relayed.push_back({r.mailbox, r.orcpt, outcome.reply.enhanced, summary, host});
    }
    sorted.event.fields.emplace_back("to", r.mailbox.text() + ": " + summary);
  } else if (outcome.reply.permanent()) {
    note_failure(r, {outcome.reply.enhanced, summary, outcome.from_server ? host : ""}, sorted);
    sorted.told.add(DeliveryTold::What::failed, summary, r.mailbox);
    sorted.event.fields.emplace_back("refused", r.mailbox.text() + ": " + summary);
  } else {
    sorted.later.push_back(r);
    sorted.later_reason = summary;
    sorted.told.add(DeliveryTold::What::deferred, summary, r.mailbox);
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
  sorted.told.expire("not delivered in time; last: ");
  for (const store::QueueRecipient& r : sorted.later) {
    note_failure(
        r, {std::string(kExpiredStatus), "not delivered in time; last: " + sorted.later_reason},
        sorted);
  }
  sorted.later.clear();
}

struct Settlement {
  store::QueueEntry entry;
  store::Message message;
  Sorted sorted;
  HandedOver handed_over{};
  std::optional<Time> delay_reported{};  // now, if it is due
  std::vector<BouncePlan> reports{};
  std::optional<BouncePlan> delay_report{};
  bool told_meanwhile = false;  // as the closure found it: of the delay, without an attempt
  SettledCallback done;

  bool has_reports() const { return delay_report || !reports.empty(); }
};

bool was_told(const store::ReadTransaction& txn, const store::EntryId& id) {
  const auto entry = store::find_entry(txn, id);
  return entry && entry->delay_reported;
}

Status write(const FlowContext& context, Settlement& s, store::WriteTransaction& txn) {
  const Time now = context.clock.now();
  note_sent_mail(s.handed_over, txn);
  for (const BouncePlan& report : s.reports) {
    if (const Status put = put_bounce(txn, report, now); !put) return put;
  }
  s.told_meanwhile = s.delay_report && was_told(txn, s.entry.id);
  if (s.delay_report && !s.told_meanwhile) {
    if (const Status put = put_bounce(txn, *s.delay_report, now); !put) return put;
  }
  note_peering_mail(txn, s.entry, s.sorted.told, now + s.sorted.next_try, now);
  if (s.sorted.later.empty()) {
    store::finish(txn, s.entry.id);
  } else {
    store::defer(
        txn, s.entry.id,
        {now + s.sorted.next_try, s.sorted.later_reason, s.sorted.later, s.delay_reported});
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

void tell(const Settlement& s) {
  log_delivery(s.entry, s.message, s.sorted.told);
  for (const BouncePlan& report : s.reports)
    log_returned(s.message.id, s.message.message_id, report.entry);
  if (s.delay_report && !s.told_meanwhile) {
    log_returned(s.message.id, s.message.message_id, s.delay_report->entry);
  }
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
        note_sent_mail(settlement->handed_over, txn);
        note_sealed_mail(settlement->handed_over, txn);
        // Nobody is left to deliver to: that all was handed on is then not reported.
        if (deferral.remaining.empty()) {
          store::finish(txn, settlement->entry.id);
        } else {
          store::defer(txn, settlement->entry.id, deferral);
        }
        return culvert::done();
      },
      settlement->done);
}

void commit(FlowContext& context, const std::shared_ptr<Settlement>& settlement) {
  store::StagedRecords records(context.store);
  store::add_trace(records, settlement->message.id, settlement->sorted.event);
  note_sealed_mail(settlement->handed_over, records);
  context.store.write_async(
      [&context, settlement, records = std::move(records)](store::WriteTransaction& txn) {
        records.put_into(txn);
        return write(context, *settlement, txn);
      },
      [&context, settlement](const Status& written) {
        if (!written && settlement->has_reports()) {
          return put_off(context, settlement, written.error());
        }
        if (!written) {
          log_error("message {}: the outcome could not be recorded: {} {}",
                    settlement->entry.id.text(), written.error().text, written.error().detail);
        }
        if (written) {
          count(context, *settlement);
          tell(*settlement);
        }
        if (settlement->has_reports()) context.wake_dispatcher();
        settlement->done(written);
      });
}

// All reports about this attempt, staged.
Status make_reports(const FlowContext& context, Settlement& s) {
  const std::pair<DsnAbout, const std::vector<RecipientReport>*> kinds[] = {
      {DsnAbout::failure, &s.sorted.failed},
      {DsnAbout::delay, &s.sorted.delayed},
      {DsnAbout::relay, &s.sorted.relayed}};
  for (const auto& [about, recipients] : kinds) {
    if (recipients->empty()) continue;
    auto report = plan_bounce(context, s.entry, s.message, *recipients, about);
    if (!report) return report.error();
    if (!*report) continue;
    if (about == DsnAbout::delay) {
      s.delay_report = *std::move(*report);
    } else {
      s.reports.push_back(*std::move(*report));
    }
  }
  return done();
}

DeliveryTold told_of_postponed(const store::QueueEntry& entry, const Postpone& postpone) {
  DeliveryTold told;
  for (const store::QueueRecipient& r : entry.recipients)
    told.add(DeliveryTold::What::deferred, postpone.reason, r.mailbox);
  return told;
}

// A report has to be made from the stored header first: in a worker.
void settle(FlowContext& context, Settlement plan) {
  auto settlement = std::make_shared<Settlement>(std::move(plan));
  const Sorted& sorted = settlement->sorted;
  if (sorted.failed.empty() && sorted.delayed.empty() && sorted.relayed.empty()) {
    return commit(context, settlement);
  }
  const Status submitted = context.workers.submit([&context, settlement] {
    const Status made = make_reports(context, *settlement);
    if (!made) return put_off(context, settlement, made.error());
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
  sorted.told.host = report.next_hop;
  sorted.told.tls = report.tls;
  if (attempt.seal) sorted.told.sealed_as = crypto::message_id_in(attempt.seal->message_id);
  // What was asked for travels inside the seal; the peer's node is responsible.
  const ReportsEnd ends =
      attempt.seal || report.dsn_passed_on ? ReportsEnd::beyond : ReportsEnd::here;
  for (std::size_t i = 0; i < attempt.entry.recipients.size(); ++i) {
    sort_one(attempt.entry.recipients[i], report.outcomes[i], report, ends, sorted);
  }
  for (const RefusedRecipient& refused : attempt.refused) {
    note_failure(refused.recipient, {refused.why.status, refused.why.reason}, sorted);
    sorted.event.fields.emplace_back("refused",
                                     refused.recipient.mailbox.text() + ": " + refused.why.reason);
    sorted.told.add(DeliveryTold::What::failed, refused.why.reason, refused.recipient.mailbox);
  }
  if (has_expired(context, attempt.entry)) expire(sorted);
  sorted.next_try = retry_delay(attempt.entry.attempts);
  Settlement plan{.entry = attempt.entry,
                  .message = attempt.message,
                  .sorted = std::move(sorted),
                  .handed_over = handed_over(attempt, report, now),
                  .done = std::move(done)};
  if (!plan.sorted.later.empty() && is_delay_due(context, attempt.entry)) {
    plan.delay_reported = now;
    plan.sorted.delayed = delay_reports(attempt.entry, plan.sorted.later, plan.sorted.later_reason);
  }
  settle(context, std::move(plan));
}

void settle_give_up(FlowContext& context, const store::QueueEntry& entry,
                    const store::Message& message, const GiveUp& give_up, SettledCallback done) {
  Sorted sorted;
  sorted.event = {context.clock.now(), "failed", {{"reason", give_up.reason}}};
  for (const store::QueueRecipient& r : entry.recipients) {
    note_failure(r, {give_up.status, give_up.reason}, sorted);
    sorted.told.add(DeliveryTold::What::failed, give_up.reason, r.mailbox);
  }
  settle(
      context,
      {.entry = entry, .message = message, .sorted = std::move(sorted), .done = std::move(done)});
}

void settle_expired(FlowContext& context, const store::QueueEntry& entry,
                    const store::Message& message, SettledCallback done) {
  settle_give_up(context, entry, message,
                 {std::string(kExpiredStatus), "not delivered in time; last: " + entry.reason},
                 std::move(done));
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
  const DeliveryTold told = told_of_postponed(entry, postpone);
  if (is_delay_due(context, entry)) {
    Sorted sorted;
    sorted.told = told;
    sorted.event = {now, "delayed", {{"reason", postpone.reason}}};
    sorted.later = entry.recipients;
    sorted.later_reason = postpone.reason;
    sorted.next_try = postpone.delay;
    sorted.delayed = delay_reports(entry, sorted.later, sorted.later_reason);
    return settle(context, {.entry = entry,
                            .message = message,
                            .sorted = std::move(sorted),
                            .delay_reported = now,
                            .done = std::move(done)});
  }
  context.store.write_async(
      [entry, postpone, told, now](store::WriteTransaction& txn) -> Status {
        note_peering_mail(txn, entry, told, now + postpone.delay, now);
        store::defer(txn, entry.id, {now + postpone.delay, postpone.reason, entry.recipients, {}});
        return culvert::done();
      },
      [&context, entry, message, postpone, told, done = std::move(done)](const Status& written) {
        if (written) {
          context.counters.add(Counted::deferred);
          // It is looked at again and again; the log hears of it when the reason is another.
          if (entry.reason != postpone.reason) log_delivery(entry, message, told);
        }
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
      [&context, id = entry.id.message, redirect, done = std::move(done)](const Status& written) {
        context.wake_dispatcher();
        if (written) log_decided(id, redirect.path, redirect.destination);
        done(written);
      });
}

}  // namespace culvert::node
