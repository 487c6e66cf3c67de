#include "node/flow/quarantine_source.h"

#include <algorithm>

#include "store/peer_networks.h"
#include "store/peers.h"

namespace culvert::node {
namespace {

using store::QuarantineShare;
using store::ShareKind;

std::optional<IpNetwork> edge_of(const Config& config, const IpAddress& client) {
  for (const IpNetwork& network : config.outside.networks) {
    if (network.contains(client)) return network;
  }
  return std::nullopt;
}

QuarantineShare stranger(std::string source) {
  return {ShareKind::stranger, std::nullopt, std::move(source)};
}

struct PeersOfSource {
  std::vector<Fingerprint> network;  // their mail came from there, or from nearby
  std::vector<Fingerprint> host;     // those of `network` whose mail came from the address itself
};

// Mail that comes the peer's way is charged to its hosts first, so that the peer's own share stays
// for what it signed.
std::vector<QuarantineShare> shares_of(const PeersOfSource& peers) {
  std::vector<QuarantineShare> shares;
  for (const Fingerprint& peer : peers.network)
    shares.push_back({ShareKind::peers_hosts, peer, {}});
  for (const Fingerprint& peer : peers.host)
    shares.push_back({ShareKind::peer, peer, {}});
  return shares;
}

// A route that was only claimed does not count: a claim must not touch anybody.
std::optional<Fingerprint> peer_of_domain(const FlowContext& context, const Domain& domain) {
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(domain);
  if (route == nullptr || route->use == RouteUse::none) return std::nullopt;
  return route->peer;
}

std::vector<QuarantineShare> shares_behind(const FlowContext& context, const IpNetwork& edge,
                                           const ReversePath& sender) {
  if (!sender) return {stranger("no sender, through " + edge.text())};
  if (const auto peer = peer_of_domain(context, sender->domain()))
    return shares_of({{*peer}, {*peer}});
  return {stranger(sender->domain().text() + " through " + edge.text())};
}

std::string source_host(const IpAddress& client) {
  return IpNetwork::around(client, kHostPrefix).text();
}

bool is_partner(const store::ReadTransaction& txn, const RoutingSnapshot& routing,
                const Fingerprint& fingerprint) {
  if (const PeerView* view = routing.peer(fingerprint)) return store::is_partner(view->state);
  // There is no snapshot while a record that it needs is broken. Incoming mail is taken all the
  // same, and a partner has its room.
  const auto peer = store::find_peer(txn, fingerprint);
  return peer && store::is_partner(peer->state);
}

std::vector<Fingerprint> peers_of(const store::ReadTransaction& txn, const FlowContext& context,
                                  const std::string& place) {
  auto peers = store::peers_of_network(txn, place, context.clock.now(), kMaxPeersOfNetwork);
  const auto routing = context.routing.current();
  std::erase_if(peers, [&](const Fingerprint& fingerprint) {
    return !is_partner(txn, *routing, fingerprint);
  });
  return peers;
}

// Named attack: a stranger who rents an address beside the peer's host fills what its network may
// take. So the peer's own share is only for the peer's very address.
std::vector<QuarantineShare> shares_of_client(const FlowContext& context, const IpAddress& client) {
  PeersOfSource peers;
  const std::string network = source_network(client);
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    peers.host = peers_of(txn, context, source_host(client));
    // Each of these was also noted with its network, where it may be beyond the limit.
    peers.network = peers.host;
    for (const Fingerprint& peer : peers_of(txn, context, network)) {
      if (std::ranges::find(peers.host, peer) == peers.host.end()) peers.network.push_back(peer);
    }
    return done();
  });
  if (!read || peers.network.empty()) return {stranger(network)};
  return shares_of(peers);
}

}  // namespace

std::optional<std::string> address_in(const std::string& client) {
  const std::size_t bracket = client.rfind('[');
  if (bracket == std::string::npos || !client.ends_with(']')) return std::nullopt;
  return client.substr(bracket + 1, client.size() - bracket - 2);
}

std::string source_network(const IpAddress& client) {
  return IpNetwork::around(client, kSitePrefix).text();
}

std::vector<QuarantineShare> shares_for(const FlowContext& context, const std::string& client,
                                        const ReversePath& sender) {
  const auto address = IpAddress::parse(client);
  if (!address) return {stranger("unknown")};
  if (const auto edge = edge_of(*context.config.get(), *address)) {
    return shares_behind(context, *edge, sender);
  }
  return shares_of_client(context, *address);
}

std::vector<QuarantineShare> shares_for(const FlowContext& context, const store::Message& message) {
  return shares_for(context, address_in(message.client).value_or(""), message.sender);
}

Standing standing_of(const FlowContext& context, const IpAddress& client) {
  Standing standing = Standing::stranger;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    if (!peers_of(txn, context, source_host(client)).empty()) {
      standing = Standing::known;
    } else if (!peers_of(txn, context, source_network(client)).empty()) {
      standing = Standing::neighbour;
    }
    return done();
  });
  return read ? standing : Standing::stranger;
}

std::string source_text(const QuarantineShare& share) {
  return share.peer ? "peer " + share.peer->hex() : share.source;
}

std::vector<std::string> places_to_note(const FlowContext& context, const store::Message& message) {
  const auto address = IpAddress::parse(address_in(message.client).value_or(""));
  if (!address || edge_of(*context.config.get(), *address)) return {};
  return {source_host(*address), source_network(*address)};
}

}  // namespace culvert::node
