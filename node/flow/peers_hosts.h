// Which clients of the outside listener are hosts of peers: a place is kept for them while
// strangers take all others (node/net/connection_limit.h).
#pragma once

#include "node/flow/flow_context.h"
#include "node/net/network.h"

namespace culvert::node {

// True if a peer's own mail came from that network within 30 days (store/peer_networks.h). Reads
// the store, for each connection; any thread. False if it cannot be read.
bool is_peers_host(const FlowContext& context, const IpAddress& client);

}  // namespace culvert::node
