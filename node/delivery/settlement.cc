#include "node/delivery/settlement.h"

#include "crypto/base/log.h"
#include "node/delivery/paths.h"
#include "node/delivery/retry_schedule.h"
#include "node/delivery/sorted_outcomes.h"
#include "node/flow/mail_log.h"
#include "node/reports/bounce.h"
#include "node/reports/delay_notice.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

constexpr std::chrono::minutes kReportDelay{5};

struct Settlement {
  store::QueueEntry entry;
  store::Message message;
  Sorted sorted{};
  PathRecords records{};
  std::optional<Time> delay_reported{};  // now, if it is due
  std::vector<BouncePlan> reports{};
  std::optional<BouncePlan> delay_report{};
  // Set by the closure: the delay was told meanwhile, without an attempt.
  bool told_meanwhile = false;
  SettledCallback done;

  bool has_reports() const { return delay_report || !reports.empty(); }
};

bool was_told(const store::ReadTransaction& txn, const store::EntryId& id) {
  const auto entry = store::find_entry(txn, id);
  return entry && entry->delay_reported;
}

Status write(const FlowContext& context, Settlement& s, store::WriteTransaction& txn) {
  const Time now = context.clock.now();
  if (s.records.in_commit) s.records.in_commit(txn);
  for (const BouncePlan& report : s.reports) {
    if (const Status put = put_bounce(txn, report, now); !put) return put;
  }
  s.told_meanwhile = s.delay_report && was_told(txn, s.entry.id);
  if (s.delay_report && !s.told_meanwhile) {
    if (const Status put = put_bounce(txn, *s.delay_report, now); !put) return put;
  }
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
  if (s.sorted.delivered > 0) {
    counters.add(Counted::delivered);
    counters.add(Counted::octets_out, s.message.size_bytes);
    if (context.path(s.entry.path).seals) counters.add(Counted::sealed);
  }
  if (s.sorted.given_up > 0) counters.add(Counted::failed);
  if (!s.sorted.later.empty()) counters.add(Counted::deferred);
}

void tell(const FlowContext& context, const Settlement& s) {
  log_delivery(context, s.entry, s.message, s.sorted.told);
  for (const BouncePlan& report : s.reports)
    log_returned(context, s.message.id, s.message.message_id, report.entry);
  if (s.delay_report && !s.told_meanwhile) {
    log_returned(context, s.message.id, s.message.message_id, s.delay_report->entry);
  }
}

// The outcome cannot be recorded with its report (the disk is nearly full). Deliveries are recorded
// all the same, or they would be made again; the rest is looked at later.
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
        settlement->records.put(txn);
        // Nobody is left to deliver to. A report that all mail was handed on is then not made.
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
  if (settlement->records.staged) settlement->records.staged(records);
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
          tell(context, *settlement);
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

// If a report has to be made from the stored header first, a worker does that.
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

// The sender of mail that waits is told once.
void note_delay(const FlowContext& context, Settlement& plan) {
  if (plan.sorted.later.empty() || !is_delay_due(context, plan.entry)) return;
  plan.delay_reported = context.clock.now();
  plan.sorted.delayed =
      delay_reports(context, plan.entry, plan.sorted.later, plan.sorted.later_reason);
}

void note_records(const FlowContext& context, Settlement& plan, const Attempt* attempt = nullptr,
                  const DeliveryReport* report = nullptr) {
  const Time now = context.clock.now();
  plan.records = path_records(
      {plan.entry, attempt, report, plan.sorted.told, now, now + plan.sorted.next_try});
}

// Mail that waits without an attempt is looked at again and again. Its trace does not mention that,
// and the log does so only when the reason changes.
void defer_quietly(FlowContext& context, Settlement plan) {
  const auto settlement = std::make_shared<Settlement>(std::move(plan));
  context.store.write_async(
      [&context, settlement](store::WriteTransaction& txn) {
        if (settlement->records.staged) settlement->records.staged(txn);
        return write(context, *settlement, txn);
      },
      [&context, settlement](const Status& written) {
        if (written) count(context, *settlement);
        if (written && settlement->entry.reason != settlement->sorted.later_reason) {
          tell(context, *settlement);
        }
        settlement->done(written);
      });
}

}  // namespace

bool has_expired(const FlowContext& context, const store::QueueEntry& entry) {
  return context.watch.now_for(entry.created) >= entry.expires;
}

void settle_delivery(FlowContext& context, const Attempt& attempt, const DeliveryReport& report,
                     SettledCallback done) {
  Settlement plan{.entry = attempt.entry, .message = attempt.message, .done = std::move(done)};
  plan.sorted = sort_delivery(attempt, report, context.clock.now());
  if (has_expired(context, attempt.entry)) expire(plan.sorted);
  plan.sorted.next_try = retry_delay(attempt.entry.attempts);
  note_delay(context, plan);
  note_records(context, plan, &attempt, &report);
  settle(context, std::move(plan));
}

void settle_give_up(FlowContext& context, const store::QueueEntry& entry,
                    const store::Message& message, const GiveUp& give_up, SettledCallback done) {
  Settlement plan{.entry = entry, .message = message, .done = std::move(done)};
  plan.sorted = sort_given_up(entry, give_up, context.clock.now());
  note_records(context, plan);
  settle(context, std::move(plan));
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
  if (context.path(entry.path).expires && has_expired(context, entry)) {
    return settle_give_up(
        context, entry, message,
        {std::string(kExpiredStatus), "not delivered in time: " + postpone.reason},
        std::move(done));
  }
  Settlement plan{.entry = entry, .message = message, .done = std::move(done)};
  plan.sorted = sort_postponed(entry, postpone, context.clock.now());
  note_delay(context, plan);
  note_records(context, plan);
  if (plan.delay_reported) return settle(context, std::move(plan));
  defer_quietly(context, std::move(plan));
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
        if (written) log_decided(context, id, redirect.path, redirect.destination);
        done(written);
      });
}

}  // namespace culvert::node
