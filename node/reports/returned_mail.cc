#include "node/reports/returned_mail.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/mime/header.h"
#include "peering/tunnel_header.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

// The case of the local part is the receiving system's affair, and systems on the way change it.
bool same_mailbox(const Mailbox& a, const Mailbox& b) {
  return a.domain() == b.domain() && crypto::same_name(a.local_part(), b.local_part());
}

bool names(const ReportedRecipient& reported, const Recipient& recipient) {
  const auto is = [&recipient](const std::optional<Mailbox>& mailbox) {
    return mailbox && same_mailbox(*mailbox, recipient.mailbox);
  };
  return is(reported.final_recipient) || is(reported.original_recipient);
}

bool names_any(const ReportedRecipient& reported, const std::vector<Recipient>& of) {
  return std::any_of(of.begin(), of.end(),
                     [&reported](const auto& recipient) { return names(reported, recipient); });
}

Result<store::SentMail> find_recent(const FlowContext& context, ByteView token) {
  std::optional<store::SentMail> sent;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    sent = store::find_sent(txn, token);
    return done();
  });
  if (!read) return read.error();
  if (!sent || context.watch.now_for(sent->sealed) > sent->sealed + kMaxSealedAge) {
    return permanent_error(kUnknownToken, "no mail left under this address lately");
  }
  return *std::move(sent);
}

std::vector<RecipientReport> failures_of(const std::vector<ReturnedRecipient>& returned) {
  std::vector<RecipientReport> failed;
  failed.reserve(returned.size());
  for (const ReturnedRecipient& r : returned) {
    // Our own words: only the code is taken from the report.
    failed.push_back({r.recipient.mailbox, r.recipient.orcpt, r.status,
                      r.status + " the mail system of " + r.recipient.mailbox.domain().text() +
                          " took the message and could not deliver it",
                      ""});
  }
  return failed;
}

}  // namespace

std::vector<ReturnedRecipient> recipients_returned(const store::SentMail& sent,
                                                   const std::vector<ReportedRecipient>& report) {
  std::vector<ReturnedRecipient> returned;
  bool named = false;
  for (const ReportedRecipient& reported : report) {
    named = named || names_any(reported, sent.recipients) || names_any(reported, sent.reported);
  }
  const bool as_a_whole =
      !named && std::all_of(report.begin(), report.end(),
                            [](const auto& reported) { return reported.failed; });
  for (const Recipient& recipient : sent.recipients) {
    const auto failure = std::find_if(report.begin(), report.end(), [&](const auto& reported) {
      return reported.failed && (as_a_whole || names(reported, recipient));
    });
    if (failure != report.end()) returned.push_back({recipient, failure->status});
  }
  return returned;
}

Result<ReturnPlan> plan_return(const FlowContext& context, const Mailbox& address,
                               std::string_view came) {
  const auto token = peering::token_in(address);
  if (!token) return permanent_error("not-a-report", "the address has no token");
  const auto report = read_dsn(came);
  if (!report) return report.error();
  const auto sent = find_recent(context, *token);
  if (!sent) return sent.error();
  ReturnPlan plan{*token, sent->message, recipients_returned(*sent, *report), {}};
  if (plan.recipients.empty()) {
    return permanent_error("nothing-failed", "it names no recipient whose failure is news");
  }
  auto bounce = plan_bounce_of_sent(context, *sent, failures_of(plan.recipients));
  if (!bounce) return bounce.error();
  plan.bounce = *std::move(bounce);
  return plan;
}

Status put_return(store::WriteTransaction& txn, const ReturnPlan& plan, Time now) {
  std::vector<Mailbox> mailboxes;
  store::TraceEvent event{now, "returned", {}};
  for (const ReturnedRecipient& r : plan.recipients) {
    mailboxes.push_back(r.recipient.mailbox);
    event.fields.emplace_back("to", r.recipient.mailbox.text() + ": " + r.status);
  }
  if (!store::note_reported(txn, plan.token, mailboxes)) {
    return temporary_error("reported-meanwhile", "another report came at the same time");
  }
  if (plan.bounce) {
    event.fields.emplace_back("report", plan.bounce->message.id.hex());
    if (const Status put = put_bounce(txn, *plan.bounce, now); !put) return put;
  }
  store::add_trace(txn, plan.original, event);
  return done();
}

}  // namespace culvert::node
