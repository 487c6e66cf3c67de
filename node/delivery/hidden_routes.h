// The last gate before mail is handed to the inside server or sealed for a peer, also for mail that
// has waited since before a rule or a route changed (attack: Relay).
#pragma once

#include "node/delivery/attempt.h"

namespace culvert::node {

// Refuses recipients whose local part a server further on takes for a route
// (crypto/base/hidden_route.h), and gives up if no recipient is left. A plan that is no attempt
// comes back unchanged.
AttemptPlan without_hidden_routes(const FlowContext& context, AttemptPlan plan);

}  // namespace culvert::node
