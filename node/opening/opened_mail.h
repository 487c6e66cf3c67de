// From the sealed envelope of an opened message to the message for the inside server: pure
// functions.
#pragma once

#include <string>
#include <vector>

#include "node/flow/taken_mail.h"
#include "node/flow/trace_fields.h"
#include "peering/tunnel_open.h"

namespace culvert::node {

// What Culvert-Result says about it.
Outcome opened_outcome(const peering::OpenedTunnelMail& opened);

// The message to queue for inside, without body. `carrier` is the message that came through the
// tunnel, `id` the id of the new one, `now` the time of opening.
store::Message opened_message(const peering::OpenedTunnelMail& opened,
                              const store::Message& carrier, const store::MessageId& id, Time now);

// The recipients of an opened message, all for the path `inside`.
std::vector<PlannedRecipient> opened_recipients(const peering::SealedEnvelope& envelope);

}  // namespace culvert::node
