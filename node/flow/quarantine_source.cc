#include "node/flow/quarantine_source.h"

#include <algorithm>
#include <array>

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

// What comes the peer's way is charged to its hosts first, so that the peer's own share stays for
// what it signed.
std::vector<QuarantineShare> shares_of(const std::vector<Fingerprint>& peers) {
  std::vector<QuarantineShare> shares;
  for (const ShareKind kind : {ShareKind::peers_hosts, ShareKind::peer}) {
    for (const Fingerprint& peer : peers)
      shares.push_back({kind, peer, {}});
  }
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
  if (const auto peer = peer_of_domain(context, sender->domain())) return shares_of({*peer});
  return {stranger(sender->domain().text() + " through " + edge.text())};
}

bool counts(const store::ReadTransaction& txn, const Fingerprint& fingerprint) {
  const auto peer = store::find_peer(txn, fingerprint);
  return peer &&
         (peer->state == store::PeerState::paired || peer->state == store::PeerState::paused);
}

std::vector<QuarantineShare> shares_of_network(const FlowContext& context,
                                               const std::string& network) {
  std::vector<Fingerprint> peers;
  const Time now = context.clock.now();
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    peers = store::peers_of_network(txn, network, now, kMaxPeersOfNetwork);
    std::erase_if(peers, [&txn](const Fingerprint& peer) { return !counts(txn, peer); });
    return done();
  });
  if (!read || peers.empty()) return {stranger(network)};
  return shares_of(peers);
}

// `name [address]`; empty if it is not so.
std::string address_in(const std::string& client) {
  const std::size_t bracket = client.rfind('[');
  if (bracket == std::string::npos || !client.ends_with(']')) return {};
  return client.substr(bracket + 1, client.size() - bracket - 2);
}

}  // namespace

std::string source_network(const IpAddress& client) {
  const unsigned bits = client.is_v4() ? kSourceBitsV4 : kSourceBitsV6;
  std::array<std::uint8_t, 16> octets{};
  std::copy_n(client.octets().begin(), bits / 8, octets.begin());
  const auto base = IpAddress::from_octets(ByteView(octets).first(client.octets().size()));
  return (base ? base->text() : client.text()) + "/" + std::to_string(bits);
}

std::vector<QuarantineShare> shares_for(const FlowContext& context, const std::string& client,
                                        const ReversePath& sender) {
  const auto address = IpAddress::parse(client);
  if (!address) return {stranger("unknown")};
  if (const auto edge = edge_of(*context.config.get(), *address)) {
    return shares_behind(context, *edge, sender);
  }
  return shares_of_network(context, source_network(*address));
}

std::vector<QuarantineShare> shares_for(const FlowContext& context, const store::Message& message) {
  return shares_for(context, address_in(message.client), message.sender);
}

std::string source_text(const QuarantineShare& share) {
  return share.peer ? "peer " + share.peer->hex() : share.source;
}

std::optional<std::string> network_to_note(const FlowContext& context,
                                           const store::Message& message) {
  const auto address = IpAddress::parse(address_in(message.client));
  if (!address || edge_of(*context.config.get(), *address)) return std::nullopt;
  return source_network(*address);
}

}  // namespace culvert::node
