// Sends a report about what became of mail back to who sent it: whom it goes to, by which path, and
// whether there may be one at all. The text itself is made by dsn.h.
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

// A report that is staged and only has to be put.
struct BouncePlan {
  store::Message message;
  store::StagedBody body;
  store::QueueEntry entry;
};

// Nothing if nobody is to be told: a null sender (a report is never reported), or mail that came
// through a tunnel whose peer cannot be told through a tunnel (protocol.md, "Marks and reports":
// never elsewhere). An error means that the report could not be staged, and the failure must not be
// settled yet. `recipients` not empty. Reads the stored header and writes the body: for a worker.
// `entry` is the one that it is about: mail of the path `tunnel` counts as sealed, so that its
// subject is masked; but a report about mail that a peer sealed, which goes back under a seal, has
// it.
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

// The same for tunnel mail that a peer signed and that cannot be handed on or kept (held_mail.h):
// `message` has `opened` and the sealed sender. The outer header that carried it was signed by
// nobody, so the report has no header of it. Texts and parameters are given back as they stand: the
// caller leaves out what is not the peer's own or ours.
Result<std::optional<BouncePlan>> plan_bounce_of_held(const FlowContext& context,
                                                      const store::Message& message,
                                                      const std::vector<RecipientReport>& failed);

// The same for mail of which the peer that it was sealed for says later what became of it
// (heard_trouble.h): the original is gone.
Result<std::optional<BouncePlan>> plan_bounce_of_sealed(
    const FlowContext& context, const store::SealedMail& mail,
    const std::vector<RecipientReport>& recipients, DsnAbout about);

// Whether a failure is reported to who asked so with NOTIFY; without one it is (RFC 3461, 4.1).
bool wants_report(const Notify& notify);
// The same for a delay of mail on a path where it is told so.
bool wants_delay_report(const Notify& notify, DelayTold told);
// Success is reported only to who asked.
bool wants_success_report(const Notify& notify);

// In the closure that finishes the failed entry.
Status put_bounce(store::WriteTransaction& txn, const BouncePlan& plan, Time now);

}  // namespace culvert::node
