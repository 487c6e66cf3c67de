// The last gate before everything that is handed to the inside server or sealed for a peer, also
// for what waited since before a rule or a route changed (attack: Relay).
#pragma once

#include "node/delivery/attempt.h"

namespace culvert::node {

// Refuses recipients whose local part a server behind takes for a route
// (crypto/base/hidden_route.h) and gives up if nobody is left. Any plan but an attempt comes back
// as it is.
AttemptPlan without_hidden_routes(const FlowContext& context, AttemptPlan plan);

}  // namespace culvert::node
