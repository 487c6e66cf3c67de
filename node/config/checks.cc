#include "node/config/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "node/config/own_listener.h"
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

// The same address cannot be bound twice. Port 0 is a different port each time.
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

// The node must not hand mail to its own listeners.
void check_no_circle(const Config& config, Findings& findings) {
  const ThisMachine machine = this_machine();
  for (const NamedHop& named : named_hops(config.delivery)) {
    const auto found = own_listener_of(config, *named.hop, machine);
    if (!found) continue;
    findings.error(named.hop->line, named.key, named.hop->text() + " " + own_listener_text(*found));
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
  check_no_circle(config, findings);
  check_hosts(config, root, findings);
}

}  // namespace culvert::node
