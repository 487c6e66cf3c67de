// Mail to culvert-tunnel+TOKEN@ of ours: a report that mail which left under that address could not
// be delivered (protocol.md, "The tunnel form"). The sender of that mail, who is not ours, gets a
// report of ours. The report comes in clear from an edge on the way, or sealed from the peer's
// node. Whoever sent it, only the status code is believed, once for each recipient, and nobody
// outside learns whether the token was right.
//
// The report is about the recipients that it names as Final-Recipient or Original-Recipient,
// ignoring the case of the local part. If it names no recipient of the mail (an alias was resolved
// behind the peer) and every recipient in it failed, the mail as a whole counts as failed: all
// recipients not reported before are reported. One report too many can be understood; a lost mail
// cannot.
#pragma once

#include <string_view>
#include <vector>

#include "node/reports/bounce.h"
#include "node/reports/dsn_reader.h"
#include "store/sent.h"

namespace culvert::node {

// A recipient whose failure is to be reported, and with which code.
struct ReturnedRecipient {
  Recipient recipient;
  std::string status;
};
// Each recipient of `sent` at most once, and never one that was reported before. Pure.
std::vector<ReturnedRecipient> recipients_returned(const store::SentMail& sent,
                                                   const std::vector<ReportedRecipient>& report);

// A staged report of ours, and the recipients that it uses up.
struct ReturnPlan {
  Bytes token;
  store::MessageId original;
  std::vector<ReturnedRecipient> recipients;  // not empty
  std::optional<BouncePlan> bounce;           // nothing: policy lets nobody be told
};

inline constexpr std::string_view kUnknownToken = "unknown-token";

// `came` begins with the first kMaxDsnBytes of the mail for `address`. permanent `unknown-token`
// (no such mail, or sealed too long ago), `not-a-report`, `nothing-failed` (nothing new); errors of
// the store. Reads and writes the store: call it in a worker.
Result<ReturnPlan> plan_return(const FlowContext& context, const Mailbox& address,
                               std::string_view came);

// In the closure that finishes the mail that came. temporary `reported-meanwhile` if another report
// has used up a recipient since: plan it again.
Status put_return(store::WriteTransaction& txn, const ReturnPlan& plan, Time now);

}  // namespace culvert::node
