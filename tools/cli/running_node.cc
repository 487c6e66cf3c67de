#include "tools/cli/running_node.h"

#include <nlohmann/json.hpp>

#include "node/config/peering_url.h"
#include "node/system/run_folder.h"

namespace culvert::cli {

std::vector<node::SocketAddress> bound_addresses(const node::Config& config,
                                                 const std::string& listener) {
  std::vector<node::SocketAddress> addresses;
  const auto file = node::read_run_file(config.node.data_dir, "addresses.json");
  if (!file) return addresses;
  const auto all = nlohmann::json::parse(*file, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains(listener) || !all[listener].is_array()) return addresses;
  for (const auto& text : all[listener]) {
    if (!text.is_string()) continue;
    if (auto address = node::SocketAddress::parse(text.get<std::string>())) {
      addresses.push_back(*std::move(address));
    }
  }
  return addresses;
}

Result<std::string> peering_url(const node::Config& config) {
  auto bound = bound_addresses(config, "peering");
  const bool chosen_by_system =
      config.peering.listen.empty() || config.peering.listen.front().port == 0;
  if (!chosen_by_system) bound = config.peering.listen;
  std::string url = node::own_peering_url(config, bound);
  if (!url.empty()) return url;
  return permanent_error("no-peering-url",
                         "the peering port is 0 and the node does not run, so its URL is not "
                         "known; start the node, or set peering.url");
}

}  // namespace culvert::cli
