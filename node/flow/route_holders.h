// Which peers have a route for a domain, with the certificates that count for signatures.
#pragma once

#include <vector>

#include "peering/tunnel_open.h"
#include "store/store.h"

namespace culvert::node {

Result<std::vector<peering::RouteHolder>> route_holders(const store::Store& store,
                                                        const Domain& domain);

}  // namespace culvert::node
