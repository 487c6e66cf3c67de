#include "node/config/checks.h"

#include <fmt/format.h>

#include <algorithm>
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

// Whether that host is where the listener is, as far as names tell: a listener on all addresses is
// on this machine's own, and on those of the node's name.
bool leads_to(const NextHop& hop, const SocketAddress& listen, const Domain& own_name) {
  if (listen.port == 0 || hop.port != listen.port) return false;
  if (hop.host == listen.ip.text()) return true;
  if (listen.ip.is_loopback()) return hop.host == "localhost";
  return listen.ip.is_any() && (hop.is_loopback() || hop.host == own_name.text());
}

// Mail must not be handed to our own listeners again.
void check_no_circle(const Config& config, const NamedHop& named, Findings& findings) {
  for (const auto* listen : {&config.inside.listen, &config.outside.listen}) {
    const auto found =
        std::find_if(listen->begin(), listen->end(), [&](const SocketAddress& address) {
          return leads_to(*named.hop, address, config.node.name);
        });
    if (found == listen->end()) continue;
    findings.error(named.hop->line, named.key,
                   fmt::format("{} is this node's own listener {}, so mail would go round in "
                               "circles; write the address of the mail server that it is for",
                               named.hop->text(), found->text()));
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
  for (const NamedHop& named : named_hops(config.delivery))
    check_no_circle(config, named, findings);
  check_hosts(config, root, findings);
}

}  // namespace culvert::node
