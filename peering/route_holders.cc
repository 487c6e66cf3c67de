#include "peering/tunnel_open.h"

namespace culvert::peering {
namespace {

// Unreadable certificates are left out: nothing can be verified with them.
void add_certificates(const store::ReadTransaction& txn, const std::vector<Bytes>& ders,
                      RouteHolder& into) {
  for (const Bytes& der : ders) {
    auto certificate = crypto::Certificate::from_der(der);
    if (!certificate || store::is_revoked(txn, into.peer, certificate->key_id().view())) continue;
    into.signing.push_back(*std::move(certificate));
  }
}

}  // namespace

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
    add_certificates(txn, peer->signing_certificates, holder);
    add_certificates(txn, peer->allowed_certificates, holder);
    out.push_back(std::move(holder));
  }
  return out;
}

}  // namespace culvert::peering
