#include "peering/tunnel_open.h"

namespace culvert::peering {
namespace {

// Unreadable certificates are left out: nothing can be verified with them.
void add_certificates(const store::ReadTransaction& txn, const std::vector<Bytes>& ders,
                      SigningPeer& into) {
  for (const Bytes& der : ders) {
    auto certificate = crypto::Certificate::from_der(der);
    if (!certificate) continue;
    if (store::is_revoked(txn, into.fingerprint, certificate->key_id().view())) continue;
    into.signing.push_back(*std::move(certificate));
  }
}

}  // namespace

SigningPeer signing_peer(const store::ReadTransaction& txn, const store::Peer& peer) {
  SigningPeer out{peer.fingerprint, peer.state, {}, peer.ever_listed_form_2};
  add_certificates(txn, peer.signing_certificates, out);
  add_certificates(txn, peer.allowed_certificates, out);
  return out;
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
    if (peer) out.push_back(holder_of(route, signing_peer(txn, *peer)));
  }
  return out;
}

}  // namespace culvert::peering
