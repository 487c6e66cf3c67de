#include "node/flow/routing.h"

#include "peering/routes.h"
#include "store/peers.h"
#include "store/rules.h"

namespace culvert::node {
namespace {

RouteUse use_of(const store::Route& route) {
  if (route.released) return RouteUse::none;
  switch (peering::outbound_of(route.state)) {
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

RouteView view_of(const store::Route& route, const std::map<Fingerprint, std::string>& held) {
  RouteView view{use_of(route), route.peer, 0, {}, route.active_since && !route.released};
  const auto why = held.find(route.peer);
  if (view.use == RouteUse::seals && why != held.end()) {
    view.use = RouteUse::waits;
    view.why_waiting = "mail for the peer is held: " + why->second;
  } else if (view.use == RouteUse::waits) {
    view.why_waiting = "the route to " + route.domain.text() + " is " +
                       store::state_name(route.state) + ": " + route.reason;
  }
  return view;
}

}  // namespace

RouteView combine_routes(const std::vector<store::Route>& routes,
                         const std::map<Fingerprint, std::string>& held_peers) {
  RouteView best;
  for (const store::Route& route : routes) {
    RouteView view = view_of(route, held_peers);
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
  const auto found = routes_.find(domain);
  return found == routes_.end() ? nullptr : &found->second;
}

PathDecision RoutingSnapshot::decide_for(const ReversePath& sender, const Mailbox& recipient,
                                         bool recipient_is_ours) const {
  const RouteView* route = route_of(recipient.domain());
  return decide(rules_, {sender, recipient, recipient_is_ours,
                         route == nullptr ? RouteUse::none : route->use});
}

Status Routing::refresh() {
  std::vector<Rules::Row> rows;
  std::map<Domain, std::vector<store::Route>> by_domain;
  std::map<Fingerprint, std::string> held;
  std::map<Fingerprint, std::uint64_t> largest;
  const Status read = store_.read([&](const store::ReadTransaction& txn) -> Status {
    for (const store::Rule& rule : store::list_rules(txn)) {
      rows.push_back({rule.scope, rule.key, rule.value});
    }
    for (store::Route& route : store::list_routes(txn)) {
      by_domain[route.domain].push_back(std::move(route));
    }
    for (const store::Peer& peer : store::list_peers(txn)) {
      if (!peer.outbound_held.empty()) held.emplace(peer.fingerprint, peer.outbound_held);
      largest.emplace(peer.fingerprint, peer.largest_message_bytes);
    }
    return done();
  });
  if (!read) return read;
  std::map<Domain, RouteView> views;
  for (const auto& [domain, routes] : by_domain) {
    RouteView view = combine_routes(routes, held);
    view.largest_message_bytes = largest[view.peer];
    views.emplace(domain, std::move(view));
  }
  auto fresh = std::make_shared<const RoutingSnapshot>(Rules(rows), std::move(views));
  const std::lock_guard lock(mutex_);
  current_ = std::move(fresh);
  return done();
}

std::shared_ptr<const RoutingSnapshot> Routing::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace culvert::node
