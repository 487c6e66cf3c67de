// Which client the inside server is told about, so that its filters see the world and not this
// node.
#pragma once

#include <optional>

#include "node/config/config.h"
#include "node/smtp/shown_client.h"
#include "store/messages.h"

namespace culvert::node {

// The client that handed in a message from outside; for opened mail, the client that brought the
// sealed message. Nothing for mail of this node and from inside. Nothing also for an address that
// servers inside may trust: it is not shown, and the message comes from this node as without
// XCLIENT.
std::optional<ShownClient> client_to_show(const store::Message& message, const Config& config);

}  // namespace culvert::node
