// Which client the inside server is told of, so that its filters see the world and not this node.
#pragma once

#include <optional>

#include "node/config/config.h"
#include "node/smtp/shown_client.h"
#include "store/messages.h"

namespace culvert::node {

// Who handed in a message that came from outside; of opened mail who brought what was sealed.
// Nothing for mail of this node and of inside, and for an address that servers inside may trust: it
// is not shown, and the message comes from this node as without XCLIENT.
std::optional<ShownClient> client_to_show(const store::Message& message, const Config& config);

}  // namespace culvert::node
