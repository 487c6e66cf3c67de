// Applies next_route_state to the routes in the store. Inside one write transaction each.
#pragma once

#include <vector>

#include "peering/routes.h"
#include "store/peers.h"
#include "store/transaction.h"

namespace culvert::peering {

// Makes a peer's routes those of its card. New domains are claimed. Missing ones are withdrawn, or
// forgotten if they were never active. Domains that an administrator named are marked so.
void take_domains(store::WriteTransaction& txn, const store::Peer& peer,
                  const std::vector<Domain>& domains, Time now);

struct RouteName {
  Domain domain;
  Fingerprint peer;
};
// Ends the proofs that were begun for the route, so that an answer held back proves nothing later.
void remove_proofs_of_domain(store::WriteTransaction& txn, const RouteName& route);

// Applies an event to one route; false if it changes nothing or there is no such route. A route
// that gives its domain up ends the conflicts about it, so that others are proved.
bool change_route(store::WriteTransaction& txn, const RouteName& name, RouteEvent event, Time now);

// How long mail for a domain waits for the proof of the identity that is to replace another.
inline constexpr std::chrono::hours kReplacementTime{72};
// `--replace`: once the route is proved, it takes the place of the one in use, which is withdrawn
// in the same commit. Until then mail waits; after kReplacementTime the old one goes on. Nothing if
// nobody else has the domain in use.
void begin_replacement(store::WriteTransaction& txn, const RouteName& name, Time now);
// Ends those that were not proved in time. True if there were any. Reads all routes.
bool end_old_replacements(store::WriteTransaction& txn, Time now);

// When the peer began a new incarnation: whoever has a copy of its keys could have done that, so
// mail for its domains waits until each is proved anew.
void doubt_routes(store::WriteTransaction& txn, const Fingerprint& peer, Time now);

// The peer, other than `but`, that has the domain in use; nothing if nobody has.
std::optional<Fingerprint> holder_of_domain(const store::ReadTransaction& txn, const Domain& domain,
                                            const Fingerprint& but);
// When a peer's route gave the domain up, or was released: newcomers in conflict are proved anew.
void end_conflicts(store::WriteTransaction& txn, const Domain& domain, Time now);

// What one route means for outbound mail. Once the route was active, mail is sealed or waits,
// whatever the route's state, until an administrator releases it: no failure turns sealed mail into
// clear.
Outbound outbound_of(const store::Route& route);

}  // namespace culvert::peering
