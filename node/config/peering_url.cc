#include "node/config/peering_url.h"

#include <fmt/format.h>

namespace culvert::node {

std::string own_peering_url(const Config& config, const std::vector<SocketAddress>& bound) {
  if (!config.peering.url.empty()) return config.peering.url;
  if (bound.empty() || bound.front().port == 0) return {};
  const SocketAddress& first = bound.front();
  if (!first.ip.is_any()) return "https://" + first.text();
  return fmt::format("https://{}:{}", config.node.name.text(), first.port);
}

}  // namespace culvert::node
