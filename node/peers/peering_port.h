// The peering port: HTTPS servers on all its listen addresses, and who gets a place there.
// Named attack: One address: one host makes 260 idle connections, or 200 that post slowly, and no
// peer gets through. So each address has a share, strangers cannot take the places that are kept
// for peers' known addresses, and connections that ask for nothing are closed first
// (node/net/https_server.h). The servers share one limit.
#pragma once

#include <memory>
#include <vector>

#include "node/net/https_server.h"
#include "node/peers/peering_service.h"

namespace culvert::node {

inline constexpr std::size_t kPeeringPlaces = 200;
inline constexpr std::size_t kPeeringPlacesForPeers = 60;
// A node talks to another over one or two connections; several may share an address.
inline constexpr std::size_t kPeeringShareOfAddress = 10;

class PeeringPort {
 public:
  // `service` must outlive it.
  explicit PeeringPort(PeeringService& service);

  // permanent `listen-failed`. `loops` and `tls` must outlive it. Not from a loop's thread.
  Status open(LoopGroup& loops, TlsServerContext& tls, const SocketAddress& address);
  // With the ports that were bound, in the order of the calls to `open`.
  std::vector<SocketAddress> addresses() const;
  // Ends all connections. Not from a loop's thread.
  void close() { servers_.clear(); }

 private:
  PeeringService& service_;
  ConnectionLimit limit_;
  std::vector<std::unique_ptr<HttpsServer>> servers_;
};

}  // namespace culvert::node
