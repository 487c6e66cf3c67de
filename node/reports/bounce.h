// Sends a report about the outcome of mail back to its sender: who gets it, by which path, and
// whether there may be one at all. dsn.h makes the text.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "node/flow/flow_context.h"
#include "node/reports/dsn.h"
#include "store/queue.h"
#include "store/sealed_mail.h"
#include "store/sent.h"

namespace culvert::node {

// A report that is staged and only has to be put into the queue.
struct BouncePlan {
  store::Message message;
  store::StagedBody body;
  store::QueueEntry entry;
};

// Nothing if nobody is to be told: the sender is null (a report is never reported), or the mail
// came through a tunnel and its peer cannot be told through a tunnel
// (protocol.md, "Marks and reports": never elsewhere). An error means that the report could not be
// staged; the failure must not be settled yet. `recipients` must not be empty. Reads the stored
// header and writes the body: call it in a worker.
// `entry` is the entry that the report is about. Mail of the path `tunnel` counts as sealed, so its
// subject is masked. A report about mail that a peer sealed, which goes back under a seal, keeps
// the subject.
Result<std::optional<BouncePlan>> plan_bounce(const FlowContext& context,
                                              const store::QueueEntry& entry,
                                              const store::Message& message,
                                              const std::vector<RecipientReport>& recipients,
                                              DsnAbout about = DsnAbout::failure);

// The same for tunnel mail that was delivered long ago and comes back (returned_mail.h): its sender
// is told like that of any mail from outside. The original is gone, so the report has no header of
// it.
Result<std::optional<BouncePlan>> plan_bounce_of_sent(const FlowContext& context,
                                                      const store::SentMail& sent,
                                                      const std::vector<RecipientReport>& failed);

// The same for tunnel mail that a peer signed and that can be neither handed on nor kept
// (held_mail.h). `message` has `opened` and the sealed sender. Nobody signed the outer header that
// carried it, so the report has no header of it. Texts and parameters are given back as they stand:
// the caller leaves out what is neither the peer's own nor ours.
Result<std::optional<BouncePlan>> plan_bounce_of_held(const FlowContext& context,
                                                      const store::Message& message,
                                                      const std::vector<RecipientReport>& failed);

// The same for mail that was sealed for a peer, when the peer says later what became of it
// (heard_trouble.h). The original is gone.
Result<std::optional<BouncePlan>> plan_bounce_of_sealed(
    const FlowContext& context, const store::SealedMail& mail,
    const std::vector<RecipientReport>& recipients, DsnAbout about);

// Whether a failure is reported. Yes if NOTIFY asks for it, or if there is no NOTIFY (RFC 3461,
// 4.1).
bool wants_report(const Notify& notify);
// The same for a delay, on a path where delays are told as `told` says.
bool wants_delay_report(const Notify& notify, DelayTold told);
// Whether a success is reported: only if NOTIFY asks for it.
bool wants_success_report(const Notify& notify);

// In the closure that finishes the failed entry.
Status put_bounce(store::WriteTransaction& txn, const BouncePlan& plan, Time now);

}  // namespace culvert::node
