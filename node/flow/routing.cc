#include "node/flow/routing.h"

#include "crypto/base/log.h"
#include "peering/acceptance.h"
#include "peering/form_choice.h"
#include "peering/route_changes.h"
#include "store/census.h"
#include "store/peers.h"
#include "store/rules.h"

namespace culvert::node {
namespace {

RouteUse use_of(const store::Route& route) {
  switch (peering::outbound_of(route)) {
    case peering::Outbound::as_if_no_peer:
      return RouteUse::none;
    case peering::Outbound::sealed:
      return RouteUse::seals;
    case peering::Outbound::waits:
      return RouteUse::waits;
  }
  return RouteUse::waits;
}

int strength(RouteUse use) {
  switch (use) {
    case RouteUse::none:
      return 0;
    case RouteUse::waits:
      return 1;
    case RouteUse::seals:
      return 2;
  }
  return 1;
}

RouteView view_of(const store::Route& route, const std::map<Fingerprint, PeerView>& peers) {
  RouteView view{use_of(route), route.peer, 0, {}, route.active_since && !route.released};
  const auto peer = peers.find(route.peer);
  if (peer != peers.end()) view.largest_message_bytes = peer->second.largest_message_bytes;
  const bool held = peer != peers.end() && !peer->second.outbound_held.empty();
  const std::string not_understood =
      peer == peers.end()
          ? std::string()
          : peering::why_not_understood(peer->second.tunnel_forms, route.domain.text());
  if (view.use == RouteUse::seals && held) {
    view.use = RouteUse::waits;
    view.why_waiting = "mail for the peer is held: " + peer->second.outbound_held;
  } else if (view.use == RouteUse::seals && !not_understood.empty()) {
    view.use = RouteUse::waits;
    view.why_waiting = not_understood;
  } else if (view.use == RouteUse::waits) {
    view.why_waiting = "the route to " + route.domain.text() + " is " +
                       store::state_name(route.state) + ": " + route.reason;
  }
  return view;
}

// Mail that was sealed for the old identity now could perhaps be opened by nobody.
RouteView waits_for_replacement(const store::Route& fresh, const std::vector<store::Route>& all) {
  RouteView view{RouteUse::waits, fresh.peer, 0, {}, false};
  view.why_waiting = "another node takes the place of the one that had " + fresh.domain.text() +
                     ", as soon as it has proved it; if it has not by " +
                     to_rfc3339(fresh.replace_until.value_or(Time{})) + ", the old one goes on";
  for (const store::Route& route : all)
    view.was_active = view.was_active || (route.active_since && !route.released);
  return view;
}

PeerView peer_view(const store::ReadTransaction& txn, const store::Peer& peer,
                   std::vector<crypto::Certificate> encryption) {
  return {peer.state,
          peer.largest_message_bytes,
          peer.outbound_held,
          peer.card_expires,
          peering::without_revoked(txn, peer.fingerprint, std::move(encryption)),
          peer.tunnel_forms,
          peer.taken_serial,
          peering::accepted_domains(txn, peer)};
}

}  // namespace

RouteView combine_routes(const std::vector<store::Route>& routes,
                         const std::map<Fingerprint, PeerView>& peers) {
  RouteView best;
  for (const store::Route& route : routes) {
    if (route.replaces) return waits_for_replacement(route, routes);
  }
  for (const store::Route& route : routes) {
    RouteView view = view_of(route, peers);
    view.was_active = view.was_active || best.was_active;
    if (strength(view.use) > strength(best.use)) {
      best = view;
    } else {
      best.was_active = view.was_active;
    }
  }
  return best;
}

const RouteView* RoutingSnapshot::route_of(const Domain& domain) const {
  const auto found = parts_.routes.find(domain);
  return found == parts_.routes.end() ? nullptr : &found->second;
}

bool RoutingSnapshot::has_tunnels() const {
  return std::any_of(parts_.routes.begin(), parts_.routes.end(),
                     [](const auto& route) { return route.second.was_active; });
}

const PeerView* RoutingSnapshot::peer(const Fingerprint& fingerprint) const {
  const auto found = parts_.peers.find(fingerprint);
  return found == parts_.peers.end() ? nullptr : &found->second;
}

std::vector<peering::RouteHolder> RoutingSnapshot::holders_of(const Domain& domain) const {
  const auto found = parts_.holders.find(domain);
  return found == parts_.holders.end() ? std::vector<peering::RouteHolder>{} : found->second;
}

const crypto::Certificate* PeerView::encryption_at(Time now) const {
  for (const crypto::Certificate& certificate : encryption) {
    if (certificate.valid_at(now)) return &certificate;
  }
  return nullptr;
}

PathDecision RoutingSnapshot::decide_for(const ReversePath& sender, const Mailbox& recipient,
                                         bool recipient_is_ours) const {
  const RouteView* route = route_of(recipient.domain());
  return decide(parts_.rules, {sender, recipient, recipient_is_ours,
                               route == nullptr ? RouteUse::none : route->use});
}

Status Routing::refresh() {
  const std::lock_guard alone(refreshing_);
  std::vector<Rules::Row> rows;
  std::map<Domain, std::vector<store::Route>> by_domain;
  std::map<Fingerprint, peering::SigningPeer> signing;
  std::set<Fingerprint> known;
  RoutingSnapshot::Parts parts;
  const Status read = store_.read([&](const store::ReadTransaction& txn) -> Status {
    store::find_alterations(txn);  // mail then waits (attempt.cc), whatever is read here
    for (const store::Rule& rule : store::list_rules(txn)) {
      rows.push_back({rule.scope, rule.key, rule.value});
    }
    for (store::Route& route : store::list_routes(txn)) {
      by_domain[route.domain].push_back(std::move(route));
    }
    for (const store::Peer& peer : store::list_peers(txn)) {
      known.insert(peer.fingerprint);
      auto pinned = pinned_.of(peer);
      parts.peers.emplace(peer.fingerprint, peer_view(txn, peer, std::move(pinned.encryption)));
      signing.emplace(peer.fingerprint,
                      peering::signing_peer(txn, peer, std::move(pinned.signing)));
    }
    return done();
  });
  if (!read) return read;
  pinned_.keep_only(known);
  for (const auto& [domain, routes] : by_domain) {
    for (const store::Route& route : routes) {
      const auto peer = signing.find(route.peer);
      if (peer == signing.end()) continue;
      parts.holders[domain].push_back(peering::holder_of(route, peer->second));
    }
    parts.routes.emplace(domain, combine_routes(routes, parts.peers));
  }
  parts.rules = Rules(rows);
  tell_who_waits(by_domain, parts.peers);
  auto fresh = std::make_shared<const RoutingSnapshot>(std::move(parts));
  const std::lock_guard lock(mutex_);
  current_ = std::move(fresh);
  return done();
}

// Logs it once for each peer, and again only if the peer was understood in between: routes are read
// often.
void Routing::tell_who_waits(const std::map<Domain, std::vector<store::Route>>& routes,
                             const std::map<Fingerprint, PeerView>& peers) {
  std::map<Fingerprint, std::string> waiting;
  for (const auto& [domain, of_domain] : routes) {
    for (const store::Route& route : of_domain) {
      const auto peer = peers.find(route.peer);
      if (peer == peers.end() || use_of(route) != RouteUse::seals) continue;
      const auto why = peering::why_not_understood(peer->second.tunnel_forms, domain.text());
      if (!why.empty()) waiting.emplace(route.peer, why);
    }
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(told_, [&waiting](const Fingerprint& peer) { return waiting.count(peer) == 0; });
  for (const auto& [peer, why] : waiting) {
    if (told_.insert(peer).second) log_warning("mail waits: {}", why);
  }
}

std::shared_ptr<const RoutingSnapshot> Routing::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace culvert::node
