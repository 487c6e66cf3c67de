#include "node/config/checks.h"

#include <fmt/format.h>

#include <set>

#include "node/config/values.h"

namespace culvert::node {
namespace {

void check_inside(const InsideSettings& inside, const TreeTable& root, Findings& findings) {
  const int line = line_of(root, {"smtp", "inside", "networks"});
  if (inside.networks.empty()) {
    findings.error(line, "smtp.inside.networks",
                   "names no network, so nobody could hand in mail; write at least one");
  }
  if (inside.required_header) return;
  for (const IpNetwork& network : inside.networks) {
    if (!is_public_network(network)) continue;
    findings.error(line, "smtp.inside.networks",
                   fmt::format("{} is a public network, and its addresses may be shared with "
                               "others; set smtp.inside.require = \"header: X-Our-Secret: …\"",
                               network.text()));
  }
}

struct Listener {
  const char* key;
  const std::vector<SocketAddress>& listen;
  int line;
};

// The same address cannot be bound twice. Port 0 is another port each time.
void check_listeners(const std::vector<Listener>& listeners, Findings& findings) {
  std::set<std::string> taken;
  for (const Listener& listener : listeners) {
    if (listener.listen.empty()) {
      findings.error(listener.line, listener.key, "names no address; write at least one");
    }
    for (const SocketAddress& address : listener.listen) {
      if (address.port == 0 || taken.insert(address.text()).second) continue;
      findings.error(listener.line, listener.key,
                     address.text() + " is used by another listener; choose another port");
    }
  }
}

// A mail that comes in must not be handed to our own listener again.
void check_no_circle(const Config& config, const TreeTable& root, Findings& findings) {
  const NextHop& hop = config.delivery.inside;
  for (const auto* listen : {&config.inside.listen, &config.outside.listen}) {
    for (const SocketAddress& address : *listen) {
      if (address.port != hop.port || address.ip.text() != hop.host) continue;
      findings.error(line_of(root, {"delivery", "inside"}), "delivery.inside",
                     hop.text() +
                         " is this node's own listener, so mail would go round in "
                         "circles; write the address of the organisation's mail server");
    }
  }
}

void check_hosts(const Config& config, const TreeTable& root, Findings& findings) {
  for (const Domain& domain : config.node.domains) {
    if (!config.delivery.hosts.contains(domain)) continue;
    findings.error(line_of(root, {"delivery", "hosts", domain.text()}),
                   "delivery.hosts." + domain.text(),
                   "is a domain of this node; its mail goes to delivery.inside");
  }
}

}  // namespace

void check_together(const Config& config, const TreeTable& root, Findings& findings) {
  check_inside(config.inside, root, findings);
  check_listeners(
      {{"smtp.inside.listen", config.inside.listen, line_of(root, {"smtp", "inside", "listen"})},
       {"smtp.outside.listen", config.outside.listen, line_of(root, {"smtp", "outside", "listen"})},
       {"peering.listen", config.peering.listen, line_of(root, {"peering", "listen"})}},
      findings);
  check_no_circle(config, root, findings);
  check_hosts(config, root, findings);
}

}  // namespace culvert::node
