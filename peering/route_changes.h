// Applies next_route_state to the routes in the store. Inside one write transaction each.
#pragma once

#include <optional>
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
// An event for one route; false if it changes nothing or there is no such route.
bool change_route(store::WriteTransaction& txn, const RouteName& name, RouteEvent event, Time now);

// What a domain's routes mean for outbound mail, and the peer that it is sealed for or waits for.
struct OutboundRoute {
  Outbound outbound = Outbound::as_if_no_peer;
  std::optional<store::Route> route;
};
OutboundRoute outbound_route(const store::ReadTransaction& txn, const Domain& domain);

}  // namespace culvert::peering
