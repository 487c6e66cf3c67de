#include "node/delivery/configured_hop.h"

namespace culvert::node {

std::optional<NextHop> hop_of_domain(const Config& config, const std::string& domain) {
  if (const auto parsed = Domain::parse(domain)) {
    const auto fixed = config.delivery.hosts.find(*parsed);
    if (fixed != config.delivery.hosts.end()) return fixed->second;
  }
  return config.delivery.outside;
}

}  // namespace culvert::node
