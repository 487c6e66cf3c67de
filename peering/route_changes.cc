#include "peering/route_changes.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "peering/proof.h"

namespace culvert::peering {
namespace {

using store::Route;
using store::RouteState;

bool contains(const std::vector<Domain>& list, const Domain& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool was_or_is_active(const Route& route) { return route.active_since && !route.released; }

// Whether another identity holds, or held, the domain against this newcomer. A peer that an
// administrator removed before pairing with this one no longer holds it: naming the domain again
// was the administrator's decision.
bool another_holds(const store::ReadTransaction& txn, const Route& newcomer) {
  const auto peer = store::find_peer(txn, newcomer.peer);
  for (const Route& other : store::routes_of_domain(txn, newcomer.domain)) {
    if (other.peer == newcomer.peer || !was_or_is_active(other)) continue;
    const auto tombstone = store::find_tombstone(txn, other.peer);
    if (tombstone && peer && tombstone->since <= peer->paired) continue;
    return true;
  }
  return false;
}

std::string reason_of(RouteEvent event, RouteState state) {
  if (state == RouteState::conflict) return "another peer's route for this domain is or was active";
  if (state == RouteState::proved) return "proved, but not named by an administrator";
  switch (event) {
    case RouteEvent::listed:
      return "on the peer's card";
    case RouteEvent::challenged:
      return "a challenge is under way";
    case RouteEvent::challenge_ended:
      return "the last challenge was not answered in time";
    case RouteEvent::proved:
      return "proved by mail";
    case RouteEvent::unlisted:
      return "the domain left the peer's card";
    case RouteEvent::peer_removed:
      return "the peer was removed";
  }
  return {};
}

// The one place where a route changes its state.
void enter(Route& route, RouteState state, RouteEvent event, Time now) {
  log_info("route {} of peer {}: {} -> {}", route.domain.text(), route.peer.hex().substr(0, 16),
           store::state_name(route.state), store::state_name(state));
  route.state = state;
  route.since = now;
  route.reason = reason_of(event, state);
  if (state == RouteState::active && !route.active_since) route.active_since = now;
  if (state == RouteState::active) route.released.reset();
  route.withdrawn.reset();
  if (state == RouteState::withdrawn) route.withdrawn = now;
}

void claim(store::WriteTransaction& txn, const store::Peer& peer, const Domain& domain, Time now) {
  Route route{.domain = domain, .peer = peer.fingerprint};
  route.state = first_route_state();
  route.since = now;
  route.reason = reason_of(RouteEvent::listed, route.state);
  route.named = contains(peer.named, domain);
  route.next_proof = now + kFirstChallengeDelay;
  store::put_route(txn, route);
}

}  // namespace

void remove_proofs_of_domain(store::WriteTransaction& txn, const RouteName& route) {
  for (const store::Proof& proof :
       store::proofs_of_peer(txn, store::ProofRole::verifying, route.peer)) {
    if (proof.domain == route.domain) {
      store::remove_proof(txn, store::ProofRole::verifying, route.peer, proof.id);
    }
  }
}

void take_domains(store::WriteTransaction& txn, const store::Peer& peer,
                  const std::vector<Domain>& domains, Time now) {
  for (const Route& route : store::routes_of_peer(txn, peer.fingerprint)) {
    if (!contains(domains, route.domain)) {
      change_route(txn, {route.domain, peer.fingerprint}, RouteEvent::unlisted, now);
      remove_proofs_of_domain(txn, {route.domain, peer.fingerprint});
    }
  }
  for (const Domain& domain : domains) {
    auto route = store::find_route(txn, domain, peer.fingerprint);
    if (!route) {
      claim(txn, peer, domain, now);
      continue;
    }
    const bool named = contains(peer.named, domain);
    if (route->named != named) {
      route->named = named;
      store::put_route(txn, *route);
    }
    change_route(txn, {domain, peer.fingerprint}, RouteEvent::listed, now);
  }
}

bool change_route(store::WriteTransaction& txn, const RouteName& name, RouteEvent event, Time now) {
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route) return false;
  const RouteFacts facts{.named = route->named, .other_active = another_holds(txn, *route)};
  const auto next = next_route_state(route->state, event, facts);
  if (!next) return false;
  // A claim that was never in use leaves nothing behind.
  if (*next == RouteState::withdrawn && !route->active_since) {
    return store::remove_route(txn, name.domain, name.peer);
  }
  enter(*route, *next, event, now);
  store::put_route(txn, *route);
  return true;
}

Outbound outbound_of(const Route& route) {
  if (route.released) return Outbound::as_if_no_peer;
  const Outbound by_state = outbound_of(route.state);
  if (by_state == Outbound::as_if_no_peer && route.active_since) return Outbound::waits;
  return by_state;
}

}  // namespace culvert::peering
