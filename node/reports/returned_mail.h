// What comes to culvert-tunnel+TOKEN@ of ours: a report that mail which left under that address
// could not be delivered (protocol.md, "The tunnel form"). Its sender, who is not ours, gets a
// report of ours. It comes in clear from an edge on the way, or sealed from the peer's node;
// whoever sent it, only the status code is believed, once for each recipient, and nobody outside
// learns whether the token was right.
//
// Which recipients are meant: those that the report names as Final-Recipient or Original-Recipient,
// without regard to the case of the local part. If it names none that the mail was for (an alias
// was resolved behind the peer) and every recipient in it failed, the mail as a whole counts as
// failed: all recipients not reported before are reported, because a report too many can be
// understood and a lost mail cannot.
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
// Each recipient of `sent` at most once; those reported before never. Pure.
std::vector<ReturnedRecipient> recipients_returned(const store::SentMail& sent,
                                                   const std::vector<ReportedRecipient>& report);

// A report of ours that is staged, and what it uses up.
struct ReturnPlan {
  Bytes token;
  store::MessageId original;
  std::vector<ReturnedRecipient> recipients;  // not empty
  std::optional<BouncePlan> bounce;           // nothing: policy lets nobody be told
};

inline constexpr std::string_view kUnknownToken = "unknown-token";

// `came` begins with the first kMaxDsnBytes of the mail for `address`. permanent `unknown-token`
// (no such mail, or sealed too long ago), `not-a-report`, `nothing-failed` (nothing new); errors of
// the store. Reads and writes the store: for a worker.
Result<ReturnPlan> plan_return(const FlowContext& context, const Mailbox& address,
                               std::string_view came);

// In the closure that finishes what came. temporary `reported-meanwhile` if another report used up
// a recipient since: it has to be planned anew.
Status put_return(store::WriteTransaction& txn, const ReturnPlan& plan, Time now);

}  // namespace culvert::node
