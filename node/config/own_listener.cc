#include "node/config/own_listener.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace culvert::node {
namespace {

// Where a connection to that address ends: the wildcard address means loopback. (An IPv4 address
// mapped into IPv6 is the IPv4 address, see network.h.)
IpAddress as_reached(const IpAddress& address) {
  if (!address.is_any()) return address;
  return *IpAddress::parse(address.is_v4() ? "127.0.0.1" : "::1");
}

bool is_at(const IpAddress& target, const IpAddress& listen,
           const std::vector<IpAddress>& machine_addresses) {
  const IpAddress reached = as_reached(target);
  if (!listen.is_any()) return reached == as_reached(listen);
  if (reached.is_loopback()) return true;
  return reached.is_v4() == listen.is_v4() &&
         std::find(machine_addresses.begin(), machine_addresses.end(), reached) !=
             machine_addresses.end();
}

// The first listener on that port whose address satisfies `is_it`.
std::optional<OwnListener> find_listener(const Config& config, std::uint16_t port,
                                         const std::function<bool(const IpAddress&)>& is_it) {
  const OwnListener kinds[] = {{"smtp.inside.listen"},
                               {"smtp.outside.listen"},
                               {.key = "peering.listen", .takes_mail = false}};
  const std::vector<SocketAddress>* listens[] = {&config.inside.listen, &config.outside.listen,
                                                 &config.peering.listen};
  for (std::size_t i = 0; i < std::size(listens); ++i) {
    for (const SocketAddress& address : *listens[i]) {
      if (address.port == 0 || address.port != port || !is_it(address.ip)) continue;
      OwnListener found = kinds[i];
      found.address = address;
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<OwnListener> own_listener_at(const Config& config, const SocketAddress& target,
                                           const std::vector<IpAddress>& machine_addresses) {
  return find_listener(config, target.port, [&](const IpAddress& listen) {
    return is_at(target.ip, listen, machine_addresses);
  });
}

std::optional<OwnListener> own_listener_of(const Config& config, const NextHop& hop,
                                           const ThisMachine& machine) {
  if (const auto address = IpAddress::parse(hop.host)) {
    return own_listener_at(config, {*address, hop.port}, machine.addresses);
  }
  const bool is_this_machine = hop.host == config.node.name.text() || hop.host == machine.name;
  const auto known_as = machine.hosts.equal_range(hop.host);
  return find_listener(config, hop.port, [&](const IpAddress& listen) {
    if (hop.is_loopback()) return listen.is_any() || listen.is_loopback();
    if (is_this_machine && listen.is_any()) return true;
    return std::any_of(known_as.first, known_as.second, [&](const auto& known) {
      return is_at(known.second, listen, machine.addresses);
    });
  });
}

std::string own_listener_text(const OwnListener& listener) {
  return fmt::format(
      "is this node's own listener {} ({}), {}; write the address of the mail server that it is "
      "for",
      listener.address.text(), listener.key,
      listener.takes_mail ? "so mail would go round in circles" : "which takes no mail");
}

}  // namespace culvert::node
