// Applies next_route_state to the routes in the store. Inside one write transaction each.
#pragma once

#include <vector>

#include "peering/routes.h"
#include "store/peers.h"
#include "store/transaction.h"

namespace culvert::peering {

// A peer's routes become those of its card: new domains are claimed, missing ones withdrawn (an
// unproved claim that left is forgotten), domains that an administrator named are marked so.
void take_domains(store::WriteTransaction& txn, const store::Peer& peer,
                  const std::vector<Domain>& domains, Time now);

struct RouteName {
  Domain domain;
  Fingerprint peer;
};
// Ends what was begun to prove it: an answer that was kept back proves nothing later.
void remove_proofs_of_domain(store::WriteTransaction& txn, const RouteName& route);

// An event for one route; false if it changes nothing or there is no such route.
bool change_route(store::WriteTransaction& txn, const RouteName& name, RouteEvent event, Time now);

// What one route means for outbound mail. A domain that had an active route waits, in whatever
// state its routes are, until an administrator releases it: nothing that fails turns sealed into
// clear.
Outbound outbound_of(const store::Route& route);

}  // namespace culvert::peering
