// What a peer is told about mail that this node took and does not hand on (peering/trouble.h):
// which peer, and in which word. Nothing if the peer need not or must not know.
#pragma once

#include <optional>

#include "node/flow/flow_context.h"
#include "node/opening/held_mail.h"
#include "store/trouble.h"

namespace culvert::node {

// If a signature was verified, the signer is told, unless all recipients of the mail had it before.
// Otherwise the peer that has the route of the outer From is told, but nothing that took a private
// key to find out. Reads the mail: call it in a worker.
std::optional<store::TroubleNote> trouble_note(const FlowContext& context, const HeldMail& mail);

}  // namespace culvert::node
