#include "peering/tunnel_open.h"

namespace culvert::peering {

std::vector<RouteHolder> route_holders(const store::ReadTransaction& txn, const Domain& domain) {
  std::vector<RouteHolder> out;
  for (const store::Route& route : store::routes_of_domain(txn, domain)) {
    const auto peer = store::find_peer(txn, route.peer);
    if (!peer) continue;
    RouteHolder holder;
    holder.peer = route.peer;
    holder.peer_state = peer->state;
    holder.route_state = route.state;
    holder.since = route.since;
    holder.in_force = route.active_since && !route.released;
    for (const Bytes& der : peer->signing_certificates) {
      auto certificate = crypto::Certificate::from_der(der);
      if (!certificate || store::is_revoked(txn, route.peer, certificate->key_id().view()))
        continue;
      holder.signing.push_back(*std::move(certificate));
    }
    out.push_back(std::move(holder));
  }
  return out;
}

}  // namespace culvert::peering
