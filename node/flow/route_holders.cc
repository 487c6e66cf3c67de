#include "node/flow/route_holders.h"

#include "store/peers.h"
#include "store/routes.h"

namespace culvert::node {
namespace {

// Unreadable certificates are left out: nothing can be verified with them.
std::vector<crypto::Certificate> signing_certificates(const store::ReadTransaction& txn,
                                                      const store::Peer& peer) {
  std::vector<crypto::Certificate> out;
  const auto take = [&](const std::vector<Bytes>& ders) {
    for (const Bytes& der : ders) {
      auto certificate = crypto::Certificate::from_der(der);
      if (!certificate) continue;
      if (store::is_revoked(txn, peer.fingerprint, certificate->key_id().view())) continue;
      out.push_back(*std::move(certificate));
    }
  };
  take(peer.signing_certificates);
  take(peer.allowed_certificates);
  return out;
}

}  // namespace

Result<std::vector<peering::RouteHolder>> route_holders(const store::Store& store,
                                                        const Domain& domain) {
  std::vector<peering::RouteHolder> holders;
  const Status read = store.read([&](const store::ReadTransaction& txn) -> Status {
    for (const store::Route& route : store::routes_of_domain(txn, domain)) {
      const auto peer = store::find_peer(txn, route.peer);
      if (!peer) continue;
      holders.push_back(
          {route.peer, peer->state, route.state, route.since, signing_certificates(txn, *peer)});
    }
    return done();
  });
  if (!read) return read.error();
  return holders;
}

}  // namespace culvert::node
