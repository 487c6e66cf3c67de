// The URL under which peers reach this node: what the card and invitations say. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "node/config/config.h"

namespace culvert::node {

// `peering.url`, else made from the first address of `bound` (where the listener really is): its
// numeric address, or node.name if it is a wildcard. Empty if nothing is bound or its port is 0,
// which means that the URL is not known before the node runs.
std::string own_peering_url(const Config& config, const std::vector<SocketAddress>& bound);

}  // namespace culvert::node
