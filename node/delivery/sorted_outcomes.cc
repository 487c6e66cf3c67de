#include "node/delivery/sorted_outcomes.h"

#include "crypto/mime/message_id.h"
#include "node/reports/bounce.h"

namespace culvert::node {
namespace {

struct Failure {
  std::string status;
  std::string reply;
  std::string host{};  // empty: this node says so
};

void note_failure(const Recipient& r, Failure failure, Sorted& sorted) {
  ++sorted.given_up;
  if (!wants_report(r.notify)) return;
  sorted.failed_recipients.push_back(r);
  sorted.failed.push_back({r.mailbox, r.orcpt, std::move(failure.status), std::move(failure.reply),
                           std::move(failure.host)});
}

// Who is responsible for the reports that were asked for: this node, or the next hop (RFC 3461,
// 5.2.1).
enum class ReportsEnd { here, beyond };

void sort_one(const Recipient& r, const RecipientOutcome& outcome, const DeliveryReport& report,
              ReportsEnd ends_here, Sorted& sorted) {
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

// The peer that it is sealed for, and the name under which the peer's trace has it.
void add_seal(const Attempt& attempt, store::TraceEvent& event) {
  event.fields.emplace_back("sealed-for", attempt.seal->peer.hex());
  event.fields.emplace_back("certificate", attempt.seal->recipient.serial_hex());
  event.fields.emplace_back("culvert-id", attempt.message.id.hex());
}

// How far the attempt got, and under which name.
void add_way(const Attempt& attempt, const DeliveryReport& report, Sorted& sorted) {
  sorted.event.fields = {{"path", store::path_name(attempt.entry.path)}, {"host", report.next_hop}};
  sorted.told.host = report.next_hop;
  sorted.told.tls = report.tls;
  if (!report.tls.empty()) sorted.event.fields.emplace_back("tls", report.tls);
  if (!attempt.seal) return;
  add_seal(attempt, sorted.event);
  sorted.told.sealed_as = crypto::message_id_in(attempt.seal->message_id);
}

}  // namespace

Sorted sort_delivery(const Attempt& attempt, const DeliveryReport& report, Time now) {
  Sorted sorted;
  sorted.event = {now, "delivery", {}};
  add_way(attempt, report, sorted);
  // Requests for reports travel inside the seal; the peer's node is responsible.
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
  return sorted;
}

Sorted sort_given_up(const store::QueueEntry& entry, const GiveUp& give_up, Time now) {
  Sorted sorted;
  sorted.event = {now, "failed", {{"reason", give_up.reason}}};
  for (const Recipient& r : entry.recipients) {
    note_failure(r, {give_up.status, give_up.reason}, sorted);
    sorted.told.add(DeliveryTold::What::failed, give_up.reason, r.mailbox);
  }
  return sorted;
}

Sorted sort_postponed(const store::QueueEntry& entry, const Postpone& postpone, Time now) {
  Sorted sorted;
  sorted.event = {now, "delayed", {{"reason", postpone.reason}}};
  sorted.later = entry.recipients;
  sorted.later_reason = postpone.reason;
  sorted.next_try = postpone.delay;
  for (const Recipient& r : entry.recipients)
    sorted.told.add(DeliveryTold::What::deferred, postpone.reason, r.mailbox);
  return sorted;
}

void expire(Sorted& sorted) {
  sorted.told.expire("not delivered in time; last: ");
  for (const Recipient& r : sorted.later) {
    note_failure(
        r, {std::string(kExpiredStatus), "not delivered in time; last: " + sorted.later_reason},
        sorted);
  }
  sorted.later.clear();
}

}  // namespace culvert::node
