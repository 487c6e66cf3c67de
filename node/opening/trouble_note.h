// What a peer is told of mail that this node took and does not hand on (peering/trouble.h): whom,
// and in which word. Nothing for what a peer need not or must not know.
#pragma once

#include <optional>

#include "node/flow/flow_context.h"
#include "node/opening/held_mail.h"
#include "store/trouble.h"

namespace culvert::node {

// After a signature was verified: whose it was, unless all recipients of the mail have had it
// before. Without: the peer whose route the outer From is, and nothing that took a private key to
// find out. Reads the mail: for a worker.
std::optional<store::TroubleNote> trouble_note(const FlowContext& context, const HeldMail& mail);

}  // namespace culvert::node
