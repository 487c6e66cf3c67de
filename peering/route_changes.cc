#include "peering/route_changes.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "peering/proof.h"
#include "store/acceptance.h"

namespace culvert::peering {
namespace {

using store::Route;
using store::RouteState;

bool contains(const std::vector<Domain>& list, const Domain& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

std::string reason_of(RouteEvent event, RouteState state) {
  if (state == RouteState::conflict) return "another peer has this domain in use";
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
    case RouteEvent::proof_overdue:
      return "its proof has failed for three days";
    case RouteEvent::reincarnated:
      return "the peer's node was set up from a copy, and is proved anew";
    case RouteEvent::card_ended:
      return "the peer's card has ended, and no newer one came";
    case RouteEvent::approved:
      return "approved by an administrator";
    case RouteEvent::rejected:
      return "rejected by an administrator";
    case RouteEvent::conflict_ended:
      return "nobody else has this domain in use any more";
    case RouteEvent::paused:
      return "paused by an administrator";
    case RouteEvent::resumed:
      return "resumed by an administrator";
    case RouteEvent::unlisted:
      return "the domain left the peer's card";
    case RouteEvent::replaced:
      return "another node of the same organisation took its place";
    case RouteEvent::said_goodbye:
      return "the peer's administrator ended the pairing";
    case RouteEvent::peer_removed:
      return "the peer was removed";
  }
  return {};
}

// The one place where a route changes its state.
void enter(Route& route, RouteState state, RouteEvent event, Time now) {
  log_info("route {} of peer {}: {} -> {}", route.domain.text(), route.peer.hex().substr(0, 16),
           store::state_name(route.state), store::state_name(state));
  if (state == RouteState::paused) route.before_pause = route.state;
  // A release lasts until people name the domain again, or approve it; a proof alone is none.
  if (state == RouteState::active && !is_in_use(route.state)) route.released.reset();
  route.state = state;
  route.since = now;
  route.reason = reason_of(event, state);
  if (state == RouteState::active && !route.active_since) route.active_since = now;
  route.withdrawn.reset();
  if (state == RouteState::withdrawn) route.withdrawn = now;
  // What was claimed anew is proved soon.
  const bool is_anew = event == RouteEvent::conflict_ended || event == RouteEvent::listed;
  if (is_anew) route.next_proof = now;
  if (is_anew) route.challenged.reset();
}

void claim(store::WriteTransaction& txn, const store::Peer& peer, const Domain& domain, Time now) {
  Route route{.domain = domain, .peer = peer.fingerprint};
  route.state = first_route_state();
  route.since = now;
  route.reason = reason_of(RouteEvent::listed, route.state);
  route.named = contains(peer.named, domain);
  route.next_proof = now + kFirstChallengeDelay;
  store::put_route(txn, route);
  store::note_acceptance_news(txn, peer.fingerprint, now);
}

bool may_replace(const Route& route, const Fingerprint& holder, Time now) {
  return route.replaces == holder && route.replace_until && now < *route.replace_until;
}

void end_replacement(Route& route) {
  route.replaces.reset();
  route.replace_until.reset();
}

}  // namespace

// One that gave the domain up, or was removed, holds it no longer: what waits for it waits for
// whoever proves the domain next.
std::optional<Fingerprint> holder_of_domain(const store::ReadTransaction& txn, const Domain& domain,
                                            const Fingerprint& but) {
  for (const Route& route : store::routes_of_domain(txn, domain)) {
    const bool holds = is_in_use(route.state) && !route.released;
    if (route.peer != but && holds && !store::find_tombstone(txn, route.peer)) return route.peer;
  }
  return std::nullopt;
}

void end_conflicts(store::WriteTransaction& txn, const Domain& domain, Time now) {
  for (const Route& route : store::routes_of_domain(txn, domain)) {
    if (route.state != RouteState::conflict) continue;
    if (holder_of_domain(txn, domain, route.peer)) continue;
    change_route(txn, {domain, route.peer}, RouteEvent::conflict_ended, now);
  }
}

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
    const RouteName name{domain, peer.fingerprint};
    const Route before = *route;
    route->named = contains(peer.named, domain);
    const bool is_news = route->named && !before.named;
    // A new card is a sign of life: what had failed is proved anew.
    const bool has_given_up =
        route->failing_since && now >= *route->failing_since + kProvingEnd && !route->rejected;
    if (route->state == RouteState::degraded || has_given_up) route->prove_requested = now;
    if (*route != before) store::put_route(txn, *route);
    change_route(txn, name, RouteEvent::listed, now);
    if (is_news) change_route(txn, name, RouteEvent::approved, now);
  }
}

bool change_route(store::WriteTransaction& txn, const RouteName& name, RouteEvent event, Time now) {
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route) return false;
  const auto holder = holder_of_domain(txn, name.domain, name.peer);
  const bool replaces = holder && may_replace(*route, *holder, now);
  const RouteFacts facts{.named = route->named || route->approved,
                         .other_active = holder && !replaces,
                         .proof_is_fresh = route->proved && now < *route->proved + kProofInterval,
                         .before_pause = route->before_pause};
  auto next = next_route_state(route->state, event, facts);
  if (!next) return false;
  // It was released, and another peer has the domain meanwhile.
  if (*next == RouteState::active && facts.other_active) next = RouteState::conflict;
  store::note_acceptance_news(txn, name.peer, now);
  // A claim that was never in use leaves nothing behind.
  if (*next == RouteState::withdrawn && !route->active_since) {
    return store::remove_route(txn, name.domain, name.peer);
  }
  enter(*route, *next, event, now);
  if (is_in_use(*next) || *next == RouteState::withdrawn) end_replacement(*route);
  store::put_route(txn, *route);
  if (replaces && is_in_use(*next)) {
    change_route(txn, {name.domain, *holder}, RouteEvent::replaced, now);
  }
  if (*next == RouteState::withdrawn) end_conflicts(txn, name.domain, now);
  return true;
}

void begin_replacement(store::WriteTransaction& txn, const RouteName& name, Time now) {
  auto route = store::find_route(txn, name.domain, name.peer);
  const auto holder = holder_of_domain(txn, name.domain, name.peer);
  if (!route || !holder || is_in_use(route->state)) return;
  route->replaces = *holder;
  route->replace_until = now + kReplacementTime;
  route->next_proof = now + kFirstChallengeDelay;
  route->challenged.reset();
  store::put_route(txn, *route);
  change_route(txn, name, RouteEvent::conflict_ended, now);
}

bool end_old_replacements(store::WriteTransaction& txn, Time now) {
  bool any = false;
  for (Route& route : store::list_routes(txn)) {
    if (!route.replace_until || now < *route.replace_until) continue;
    log_warning("route {}: it was not proved in time, so the peer that has it in use keeps it",
                route.domain.text());
    end_replacement(route);
    store::put_route(txn, route);
    any = true;
  }
  return any;
}

void doubt_routes(store::WriteTransaction& txn, const Fingerprint& peer, Time now) {
  for (Route& route : store::routes_of_peer(txn, peer)) {
    const RouteName name{route.domain, peer};
    // What was proved, or is being proved, is the former incarnation.
    remove_proofs_of_domain(txn, name);
    route.proved.reset();
    route.challenged.reset();
    route.next_proof = now;
    if (is_in_use(route.state)) route.prove_requested = now;
    if (route.state == RouteState::paused) route.before_pause = RouteState::degraded;
    store::put_route(txn, route);
    change_route(txn, name, RouteEvent::challenge_ended, now);
    change_route(txn, name, RouteEvent::reincarnated, now);
  }
}

Outbound outbound_of(const Route& route) {
  if (route.released) return Outbound::as_if_no_peer;
  const Outbound by_state = outbound_of(route.state);
  if (by_state == Outbound::as_if_no_peer && route.active_since) return Outbound::waits;
  return by_state;
}

}  // namespace culvert::peering
