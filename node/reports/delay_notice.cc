#include "node/reports/delay_notice.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/flow/mail_log.h"
#include "store/trace.h"
#include "store/waiting.h"

namespace culvert::node {
namespace {

// How many entries are read at once, so that only a few are read again each second.
constexpr std::size_t kPage = 50;
// How many entries a round looks at to find what their destinations said last.
constexpr std::size_t kLookedForReason = 10'000;
constexpr std::chrono::milliseconds kRoundInterval{1000};
// Between rounds, if the last one reached its limits.
constexpr std::chrono::milliseconds kBusyInterval{100};
// After a round that failed: without a rest, a full disk would fill the log.
constexpr std::chrono::seconds kRestAfterFailure{30};
// The cursor starts again after this rest, which grows with each full round of the last pass, to
// find mail that was released or came in behind the cursor. A million waiting entries are then read
// every 19 minutes.
constexpr std::chrono::seconds kRestBetweenPasses{30};
constexpr std::chrono::seconds kRestForEachRound{1};

struct Notice {
  store::QueueEntry entry;
  store::Message message;
  std::string last_reason;
  std::optional<BouncePlan> report{};  // nothing: nobody can be told
  bool told = false;                   // as the closure found it
};

struct Found {
  std::vector<Notice> notices;
  DelayRound round;
};

// Sorts before all entries of messages made in that second.
store::EntryId first_of_second(Time when) { return {store::MessageId::first_of(when), 0}; }

bool is_tellable(const FlowContext& context, const store::QueueEntry& entry) {
  if (entry.state == store::EntryState::held || !is_delay_due(context, entry)) return false;
  const DelayTold told = context.path(entry.path).delay;
  return std::ranges::any_of(entry.recipients, [told](const Recipient& one) {
    return wants_delay_report(one.notify, told);
  });
}

// The first entry of this page that is not passed over, or the end of the page.
std::optional<store::EntryId> look_at_page(const FlowContext& context,
                                           const store::ReadTransaction& txn,
                                           const store::QueuePage& page,
                                           store::WaitReasons& reasons, Found& found) {
  for (const store::QueueEntry& entry : page.entries) {
    const Time made = entry.id.message.made();
    if (context.watch.now_for(made) < made + context.config.get()->queue.delay_notice) {
      found.round.end = DelayRound::End::young;
      return first_of_second(made);
    }
    if (!is_tellable(context, entry)) continue;
    if (found.notices.size() == kToldAtOnce) return entry.id;
    auto message = store::find_message(txn, entry.id.message);
    // An entry that waits may not have been tried itself.
    const std::string& why = entry.reason.empty() ? reasons.of_destination(entry) : entry.reason;
    if (message) found.notices.push_back({entry, *message, why});
  }
  if (!page.next) found.round.end = DelayRound::End::young;
  return page.next;
}

Status find_delayed(const FlowContext& context, const store::ReadTransaction& txn, Found& found) {
  // At the end of the queue, the cursor continues with mail that comes in from now on.
  const Time youngest = context.clock.now() - context.config.get()->queue.delay_notice;
  store::WaitReasons reasons(txn, kLookedForReason);
  found.round.end = DelayRound::End::limit;
  for (std::size_t looked_at = 0; looked_at < kLookedAtOnce; looked_at += kPage) {
    const auto page = store::list_queue(txn, found.round.next, kPage);
    const auto next = look_at_page(context, txn, page, reasons, found);
    found.round.next = next.value_or(first_of_second(youngest));
    if (found.round.end == DelayRound::End::young || next != page.next) break;
  }
  return done();
}

Status plan_reports(const FlowContext& context, std::vector<Notice>& notices) {
  for (Notice& notice : notices) {
    const auto recipients =
        delay_reports(context, notice.entry, notice.entry.recipients, notice.last_reason);
    auto report = plan_bounce(context, notice.entry, notice.message, recipients, DsnAbout::delay);
    if (!report) return report.error();
    notice.report = *std::move(report);
  }
  return done();
}

// Meanwhile an attempt may have ended, and told the sender, or delivered to some recipients.
Status put_notice(store::WriteTransaction& txn, Notice& notice, Time now) {
  const auto entry = store::find_entry(txn, notice.entry.id);
  notice.told = entry && !entry->delay_reported && entry->state != store::EntryState::held &&
                entry->recipients == notice.entry.recipients;
  if (!notice.told) return done();
  if (notice.report) {
    if (const Status put = put_bounce(txn, *notice.report, now); !put) return put;
    store::add_trace(txn, notice.entry.id.message,
                     {now, "delayed", {{"reason", notice.last_reason}}});
  }
  store::note_delay_report(txn, *entry, now);
  return done();
}

}  // namespace

bool is_delay_due(const FlowContext& context, const store::QueueEntry& entry) {
  if (entry.delay_reported || context.path(entry.path).delay == DelayTold::never) return false;
  return context.watch.now_for(entry.created) >=
         entry.created + context.config.get()->queue.delay_notice;
}

std::vector<RecipientReport> delay_reports(const FlowContext& context,
                                           const store::QueueEntry& entry,
                                           const std::vector<Recipient>& waiting,
                                           const std::string& last_reason) {
  const std::string why =
      last_reason.empty() ? "not delivered yet" : "not delivered yet; last: " + last_reason;
  std::vector<RecipientReport> delayed;
  for (const Recipient& r : waiting) {
    if (!wants_delay_report(r.notify, context.path(entry.path).delay)) continue;
    delayed.push_back({r.mailbox, r.orcpt, std::string(kExpiredStatus), why, ""});
  }
  return delayed;
}

Result<DelayRound> tell_delays(FlowContext& context, const std::optional<store::EntryId>& from) {
  Found found;
  found.round.next = from;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    return find_delayed(context, txn, found);
  });
  if (!read) return read.error();
  if (found.notices.empty()) return found.round;
  if (const Status planned = plan_reports(context, found.notices); !planned) return planned.error();
  const Time now = context.clock.now();
  const Status written = context.store.write([&](store::WriteTransaction& txn) -> Status {
    for (Notice& notice : found.notices) {
      if (const Status put = put_notice(txn, notice, now); !put) return put;
    }
    return done();
  });
  if (!written) return written.error();
  for (const Notice& notice : found.notices) {
    if (!notice.told || !notice.report) continue;
    log_returned(context, notice.message.id, notice.message.message_id, notice.report->entry);
  }
  context.wake_dispatcher();
  return found.round;
}

void DelayNotices::look() {
  if (anew_ && home_.now() >= *anew_) {
    next_.reset();
    anew_.reset();
    full_rounds_ = 0;
  }
  const Status submitted = context_.workers.submit([this, from = next_] {
    home_.post([this, round = tell_delays(context_, from)] { over(round); });
  });
  if (!submitted) timer_ = home_.call_after(kRestAfterFailure, [this] { look(); });
}

void DelayNotices::over(const Result<DelayRound>& round) {
  if (!round) {
    log_warning("reports about mail that waits have to wait: {} {}", round.error().text,
                round.error().detail);
  } else {
    next_ = round->next;
  }
  timer_ = home_.call_after(round ? rest_after(*round) : kRestAfterFailure, [this] { look(); });
}

std::chrono::milliseconds DelayNotices::rest_after(const DelayRound& round) {
  if (round.end == DelayRound::End::limit) {
    ++full_rounds_;
    return kBusyInterval;
  }
  if (!anew_) {
    const auto rest = kRestBetweenPasses + full_rounds_ * kRestForEachRound;
    anew_ = home_.now() + rest;
  }
  return kRoundInterval;
}

}  // namespace culvert::node
