// The listeners of a node, and how their places are shared out.
#include <algorithm>

#include "crypto/base/log.h"
#include "node/flow/quarantine_source.h"
#include "node/parts.h"

namespace culvert::node {
namespace {

// One place in this many is kept for inside: strangers who hold all the others do not stop the
// organisation's own mail.
constexpr std::size_t kKeptForInside = 10;
// One in this many of all places is kept for hosts from which peers' own mail came lately.
constexpr std::size_t kKeptForPeers = 10;
// One address has at most one place in this many, so that it takes more than one host to fill the
// outside listener; but never fewer than a busy mail server uses (a peer's node: 16 connections for
// each domain that it writes to; Postfix also allows 50).
constexpr std::size_t kShareOfAddress = 10;
constexpr std::size_t kLeastShareOfAddress = 50;

// Rounded down, but at least one.
std::size_t outside_places(std::size_t all) {
  return std::max<std::size_t>(all - (all + kKeptForInside - 1) / kKeptForInside, 1);
}

// True if the node can do without a listener: the defaults name both address families, and a
// machine may have only one. A family that is configured alone is intended.
bool is_left_out(const Error& error, const std::vector<SocketAddress>& listen) {
  const auto is_v4 = [](const SocketAddress& address) { return address.ip.is_v4(); };
  const bool both = std::any_of(listen.begin(), listen.end(), is_v4) &&
                    !std::all_of(listen.begin(), listen.end(), is_v4);
  if (error.code != kNoFamily || !both) return false;
  log_info("{}; it is left out", error.text);
  return true;
}

}  // namespace

ServerRules server_rules(const Config& config, ServerRules::Side side) {
  ServerRules rules;
  rules.hostname = config.node.name.text();
  rules.max_message_bytes = side == ServerRules::Side::inside ? config.smtp.max_message_bytes
                                                              : config.largest_outside_bytes();
  rules.side = side;
  rules.postmaster_domain = config.node.domains.front();
  return rules;
}

Status Node::Parts::open_smtp(const std::vector<SocketAddress>& listen, ConnectionLimit& places,
                              const SmtpServerSettings& settings, const char* name) {
  addresses[name] = {};
  for (const SocketAddress& address : listen) {
    auto server = SmtpServer::open(*loops, address, places, settings);
    if (!server && is_left_out(server.error(), listen)) continue;
    if (!server) return server.error();
    addresses[name].push_back((*server)->address().text());
    smtp_servers.push_back({settings.rules.side, *std::move(server)});
  }
  return done();
}

// An edge in front brings everybody's mail from its few addresses, and bounds each client itself.
// Loopback is this machine. Neither has a limit.
AddressShare Node::Parts::share_of_address() {
  const std::size_t all = config.get()->smtp.max_connections;
  return {std::max(all / kShareOfAddress, kLeastShareOfAddress), [this](const IpAddress& client) {
            const auto now_config = config.get();
            const auto& edges = now_config->outside.networks;
            return client.is_loopback() ||
                   std::any_of(edges.begin(), edges.end(), [&client](const IpNetwork& network) {
                     return network.contains(client);
                   });
          }};
}

// Named attack: One address. Whoever takes all places of the outside listener, from however many
// addresses, must not keep peers' mail out.
KeptPlaces Node::Parts::places_for_peers() {
  return {config.get()->smtp.max_connections / kKeptForPeers,
          [this](const IpAddress& client) { return standing_of(*flow, client); }};
}

Status Node::Parts::open_servers() {
  const auto now_config = config.get();
  const std::size_t all = now_config->smtp.max_connections;
  limit = std::make_unique<ConnectionLimit>(all);
  outside_limit = std::make_unique<ConnectionLimit>(outside_places(all), share_of_address(),
                                                    limit.get(), places_for_peers());
  const Status inside = open_smtp(now_config->inside.listen, *limit,
                                  {server_rules(*now_config, ServerRules::Side::inside),
                                   smtp_tls.get(), [this] { return make_inside_receiver(*flow); }},
                                  "smtp.inside");
  if (!inside) return inside;
  const Status outside =
      open_smtp(now_config->outside.listen, *outside_limit,
                {server_rules(*now_config, ServerRules::Side::outside), smtp_tls.get(),
                 [this] { return make_outside_receiver(*flow, *probe); }},
                "smtp.outside");
  if (!outside) return outside;
  return open_peering();
}

Status Node::Parts::open_peering() {
  addresses["peering"] = {};
  peering_port = std::make_unique<PeeringPort>(*peering);
  for (const SocketAddress& address : config.get()->peering.listen) {
    const Status s = peering_port->open(*loops, *peering_tls, address);
    if (!s && !is_left_out(s.error(), config.get()->peering.listen)) return s;
  }
  for (const SocketAddress& address : peering_port->addresses())
    addresses["peering"].push_back(address.text());
  return done();
}

}  // namespace culvert::node
