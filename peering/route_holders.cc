#include "peering/pinned_certificates.h"
#include "peering/tunnel_open.h"

namespace culvert::peering {

std::vector<crypto::Certificate> without_revoked(const store::ReadTransaction& txn,
                                                 const Fingerprint& peer,
                                                 std::vector<crypto::Certificate> certificates) {
  std::erase_if(certificates, [&](const crypto::Certificate& certificate) {
    return store::is_revoked(txn, peer, certificate.key_id().view());
  });
  return certificates;
}

SigningPeer signing_peer(const store::ReadTransaction& txn, const store::Peer& peer,
                         std::vector<crypto::Certificate> signing) {
  return {peer.fingerprint, peer.state, without_revoked(txn, peer.fingerprint, std::move(signing)),
          peer.ever_listed_form_2};
}

RouteHolder holder_of(const store::Route& route, const SigningPeer& peer) {
  RouteHolder holder;
  holder.peer = route.peer;
  holder.peer_state = peer.state;
  holder.route_state = route.state;
  holder.since = route.since;
  holder.in_force = route.active_since && !route.released;
  holder.ever_listed_present_form = peer.ever_listed_present_form;
  holder.signing = peer.signing;
  return holder;
}

std::vector<RouteHolder> route_holders(const store::ReadTransaction& txn, const Domain& domain) {
  std::vector<RouteHolder> out;
  for (const store::Route& route : store::routes_of_domain(txn, domain)) {
    const auto peer = store::find_peer(txn, route.peer);
    if (!peer) continue;
    out.push_back(holder_of(route, signing_peer(txn, *peer, pinned_certificates(*peer).signing)));
  }
  return out;
}

}  // namespace culvert::peering
