// The URL at which peers reach this node, as the card and invitations give it. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "node/config/config.h"

namespace culvert::node {

// `peering.url`, or else a URL made from the first address of `bound` (where the listener really
// is): its numeric address, or node.name if that is a wildcard. Empty if nothing is bound or the
// port is 0: the URL is then not known before the node runs.
std::string own_peering_url(const Config& config, const std::vector<SocketAddress>& bound);

}  // namespace culvert::node
