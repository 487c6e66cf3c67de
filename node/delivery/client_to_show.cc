#include "node/delivery/client_to_show.h"

#include <algorithm>

#include "node/flow/quarantine_source.h"

namespace culvert::node {
namespace {

// Addresses that organisations use internally (RFC 1918, 3927, 6598, 4193, 4291).
const std::vector<IpNetwork>& organisations_own() {
  static const std::vector<IpNetwork> networks = [] {
    std::vector<IpNetwork> out;
    for (const char* text : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                             "100.64.0.0/10", "fc00::/7", "fe80::/10"}) {
      out.push_back(*IpNetwork::parse(text));
    }
    return out;
  }();
  return networks;
}

bool lies_in(const IpAddress& address, const std::vector<IpNetwork>& networks) {
  return std::any_of(networks.begin(), networks.end(),
                     [&address](const IpNetwork& network) { return network.contains(address); });
}

// Named attack: Borrowed place. A client at the outside listener with an address of ours (behind a
// balancer, every client has one) must not get the rights that servers give to that address. A
// loopback address has no right that this node lacks, if the server is on this machine too. An edge
// must not be shown either: every sender's SPF record would refuse its address.
bool may_be_shown(const IpAddress& address, const Config& config) {
  if (lies_in(address, config.outside.networks)) return false;
  if (address.is_loopback()) return config.delivery.inside.is_loopback();
  return !lies_in(address, config.inside.networks) && !lies_in(address, organisations_own());
}

}  // namespace

std::optional<ShownClient> client_to_show(const store::Message& message, const Config& config) {
  if (message.listener != store::Listener::outside) return std::nullopt;
  const auto address = IpAddress::parse(address_in(message.client).value_or(""));
  if (!address || !may_be_shown(*address, config)) return std::nullopt;
  ShownClient client;
  client.address = address->text();
  client.port = message.client_port;
  client.hello = message.client.substr(0, message.client.rfind(" ["));
  client.extended = message.client_extended;
  return client;
}

}  // namespace culvert::node
