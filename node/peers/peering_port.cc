#include "node/peers/peering_port.h"

namespace culvert::node {

// Loopback has no limit: it is a proxy on this machine, which bounds its own clients, or this
// machine itself.
PeeringPort::PeeringPort(PeeringService& service)
    : service_(service),
      limit_(kPeeringPlaces,
             {.most = kPeeringShareOfAddress,
              .is_exempt = [](const IpAddress& client) { return client.is_loopback(); }},
             nullptr,
             {.count = kPeeringPlacesForPeers, .standing = [this](const IpAddress& client) {
                return service_.knows(client) ? Standing::known : Standing::stranger;
              }}) {}

Status PeeringPort::open(LoopGroup& loops, TlsServerContext& tls, const SocketAddress& address) {
  auto server =
      HttpsServer::open(loops, tls, {address, &limit_},
                        [this](const SocketAddress& peer, HttpRequest request, HttpReply reply) {
                          service_.handle(peer, std::move(request), std::move(reply));
                        });
  if (!server) return server.error();
  servers_.push_back(*std::move(server));
  return done();
}

std::vector<SocketAddress> PeeringPort::addresses() const {
  std::vector<SocketAddress> out;
  for (const auto& server : servers_)
    out.push_back(server->address());
  return out;
}

}  // namespace culvert::node
