#include "peering/decisions.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "peering/card.h"
#include "peering/proof.h"
#include "store/acceptance.h"
#include "store/peers.h"

namespace culvert::peering {
namespace {

using store::Route;
using store::RouteState;

std::string name_of(const store::ReadTransaction& txn, const Fingerprint& peer) {
  const auto found = store::find_peer(txn, peer);
  const std::string digits = peer.hex().substr(0, 16);
  return found ? printable(found->name, 80) + " (" + digits + ")" : digits;
}

// Claims of the domain by peers that were not removed.
std::vector<Route> claims_of(const store::ReadTransaction& txn, const Domain& domain) {
  auto all = store::routes_of_domain(txn, domain);
  std::erase_if(all, [&](const Route& route) {
    return route.state == RouteState::withdrawn || store::find_tombstone(txn, route.peer);
  });
  return all;
}

Result<Route> one_claim(const store::ReadTransaction& txn, const Domain& domain,
                        const std::optional<Fingerprint>& peer) {
  auto claims = claims_of(txn, domain);
  if (peer) std::erase_if(claims, [&peer](const Route& route) { return route.peer != *peer; });
  if (claims.size() == 1) return std::move(claims.front());
  if (claims.empty()) {
    return permanent_error("not-found", "no peer" + std::string(peer ? " of that name" : "") +
                                            " claims " + domain.text() +
                                            " (`culvert route list` shows what is claimed)");
  }
  std::string names;
  for (const Route& claim : claims)
    names += (names.empty() ? "" : ", ") + name_of(txn, claim.peer);
  return permanent_error("ambiguous", "several peers claim " + domain.text() + ": " + names +
                                          "; name one with --peer");
}

Error held_by(const store::ReadTransaction& txn, const Domain& domain, const Fingerprint& holder) {
  return permanent_error("conflict",
                         domain.text() + " is in use by " + name_of(txn, holder) +
                             "; it is free once that peer gives it up, is removed (`culvert peer "
                             "remove`), or the domain is released (`culvert route release " +
                             domain.text() + "`)");
}

void name_for_peer(store::WriteTransaction& txn, const Route& route) {
  auto peer = store::find_peer(txn, route.peer);
  if (!peer) return;
  auto& named = peer->named;
  if (std::find(named.begin(), named.end(), route.domain) != named.end()) return;
  named.push_back(route.domain);
  store::put_peer(txn, *peer);
}

Status change_all(store::WriteTransaction& txn, const Fingerprint& peer, RouteEvent event,
                  Time now) {
  for (const Route& route : store::routes_of_peer(txn, peer))
    change_route(txn, {route.domain, peer}, event, now);
  return done();
}

Result<store::Peer> partner(const store::ReadTransaction& txn, const Fingerprint& peer) {
  auto found = store::find_peer(txn, peer);
  if (found && store::is_partner(found->state)) return *std::move(found);
  return permanent_error("not-paired", "that peer is not paired with this node");
}

// The present incarnation goes on, or the next card of another one takes its place.
Status choose_incarnation(const store::ReadTransaction& txn, store::Peer& peer, ByteView chosen,
                          Time now) {
  const Bytes& other = peer.contested.incarnation;
  const bool are_two = !other.empty() && other != peer.incarnation;
  const bool is_present = std::ranges::equal(chosen, peer.incarnation);
  if ((are_two && chosen.empty()) || (!chosen.empty() && chosen.size() != Incarnation{}.size())) {
    return permanent_error("which",
                           "which of the two incarnations is the partner's must be said: "
                           "--incarnation, with the digits that `culvert status` prints "
                           "at the partner's node");
  }
  peer.chosen_incarnation.clear();
  if (!chosen.empty() && !is_present) {
    const bool was_seen = store::find_incarnation(txn, peer.fingerprint, chosen).has_value();
    const bool is_shown = std::ranges::equal(chosen, other);
    peer.chosen_incarnation.assign(chosen.begin(), chosen.end());
    // Cards that an incarnation issued before it was left must not bring it back.
    peer.chosen_since = !was_seen ? Time{} : is_shown ? peer.contested.issued : now;
    peer.card_tried.reset();  // its card comes with the answer to ours
    peer.card_sent_serial = 0;
  }
  peer.contested = {};
  return done();
}

}  // namespace

Result<Route> approve_route(store::WriteTransaction& txn, const Domain& domain,
                            const std::optional<Fingerprint>& peer, Time now) {
  auto route = one_claim(txn, domain, peer);
  if (!route) return route;
  if (const auto holder = holder_of_domain(txn, domain, route->peer)) {
    return held_by(txn, domain, *holder);
  }
  route->approved = true;
  route->named = true;
  route->rejected = false;
  route->released.reset();
  const bool is_proved = route->proved && now < *route->proved + kProofInterval;
  if (!is_in_use(route->state) && !is_proved) route->prove_requested = now;
  store::put_route(txn, *route);
  name_for_peer(txn, *route);
  store::note_acceptance_news(txn, route->peer, now);
  change_route(txn, {domain, route->peer}, RouteEvent::approved, now);
  return *store::find_route(txn, domain, route->peer);
}

Result<Route> reject_route(store::WriteTransaction& txn, const Domain& domain,
                           const std::optional<Fingerprint>& peer, Time now) {
  auto route = one_claim(txn, domain, peer);
  if (!route) return route;
  if (is_in_use(route->state) || route->active_since) {
    return permanent_error("in-use", "the route for " + domain.text() +
                                         " is, or was, in use; `culvert route release " +
                                         domain.text() + "` ends that");
  }
  route->rejected = true;
  route->approved = false;
  route->prove_requested.reset();
  store::put_route(txn, *route);
  store::note_acceptance_news(txn, route->peer, now);
  remove_proofs_of_domain(txn, {domain, route->peer});
  change_route(txn, {domain, route->peer}, RouteEvent::rejected, now);
  return *store::find_route(txn, domain, route->peer);
}

Result<std::vector<Route>> release_domain(store::WriteTransaction& txn, const Domain& domain,
                                          Time now) {
  const auto all = store::routes_of_domain(txn, domain);
  if (all.empty()) {
    return permanent_error("not-found", "no peer has, or had, a route for " + domain.text() +
                                            " (`culvert route list`)");
  }
  std::vector<Route> held;
  for (Route route : all) {
    if (route.replaces) {
      route.replaces.reset();
      route.replace_until.reset();
      store::put_route(txn, route);
    }
    if (!route.active_since || route.released) continue;
    route.released = now;
    store::put_route(txn, route);
    held.push_back(std::move(route));
  }
  if (held.empty()) {
    return permanent_error("not-held",
                           "mail to " + domain.text() + " goes as if there were no peer already");
  }
  end_conflicts(txn, domain, now);
  return held;
}

Status pause_peer(store::WriteTransaction& txn, const Fingerprint& fingerprint, Time now) {
  auto peer = partner(txn, fingerprint);
  if (!peer) return peer.error();
  peer->state = store::PeerState::paused;
  peer->since = now;
  store::put_peer(txn, *peer);
  return change_all(txn, fingerprint, RouteEvent::paused, now);
}

Status resume_peer(store::WriteTransaction& txn, const Fingerprint& fingerprint, ByteView chosen,
                   Time now) {
  auto peer = partner(txn, fingerprint);
  if (!peer) return peer.error();
  const bool is_paused = peer->state == store::PeerState::paused;
  if (!is_paused && peer->outbound_held.empty()) {
    return permanent_error("not-held", "that peer is neither paused nor held");
  }
  if (const Status fits = choose_incarnation(txn, *peer, chosen, now); !fits) return fits;
  if (!peer->outbound_held.empty()) peer->resumed = now;
  peer->outbound_held.clear();
  // Until then the keys that are known are those of the node that the administrator rejected.
  if (!peer->chosen_incarnation.empty()) {
    peer->outbound_held = "it waits for the next card of the incarnation that was chosen";
  }
  if (is_paused) peer->since = now;
  peer->state = store::PeerState::paired;
  store::put_peer(txn, *peer);
  return change_all(txn, fingerprint, RouteEvent::resumed, now);
}

}  // namespace culvert::peering
