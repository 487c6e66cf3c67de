#include "tools/cli/full_shares.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/base/log.h"
#include "node/flow/quarantine_room.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kMaxShown = 100;

bool is_full(std::uint64_t bytes, std::uint64_t limit_bytes) {
  return bytes > limit_bytes - limit_bytes / 10;
}

std::string source_of(const store::ReadTransaction& txn, const store::QuarantineShare& share) {
  if (share.kind == store::ShareKind::stranger) {
    return share.source.empty() ? "strangers of before the update" : share.source;
  }
  const std::string name = peer_name(txn, *share.peer);
  return share.kind == store::ShareKind::peer ? "peer " + name : "hosts of peer " + name;
}

}  // namespace

std::vector<FullShare> full_shares(const store::ReadTransaction& txn, const node::Config& config) {
  const node::QuarantineLimits limits = node::quarantine_limits(config.largest_outside_bytes());
  std::vector<FullShare> full;
  const std::uint64_t strangers = store::strangers_bytes(txn);
  if (is_full(strangers, limits.strangers_bytes)) {
    full.push_back({"all strangers together", strangers, limits.strangers_bytes});
  }
  const std::uint64_t smallest =
      std::min({limits.peer_bytes, limits.peers_hosts_bytes, limits.stranger_bytes});
  for (const store::ShareUse& use : store::list_shares(txn, smallest - smallest / 10, kMaxShown)) {
    const std::uint64_t limit_bytes = node::limit_of(limits, use.share.kind);
    if (!is_full(use.bytes, limit_bytes)) continue;
    full.push_back({source_of(txn, use.share), use.bytes, limit_bytes});
  }
  return full;
}

std::vector<std::string> full_shares_warnings(const std::vector<FullShare>& shares) {
  std::vector<std::string> lines;
  for (const FullShare& share : shares) {
    lines.push_back(fmt::format(
        "the quarantine is full or nearly full for {} ({} of {}): look with culvert "
        "quarantine list, make room with culvert quarantine drop",
        printable(share.source, 120), size_text(share.bytes), size_text(share.limit_bytes)));
  }
  return lines;
}

nlohmann::ordered_json full_shares_json(const std::vector<FullShare>& shares) {
  auto json = nlohmann::ordered_json::array();
  for (const FullShare& share : shares) {
    json.push_back(
        {{"source", share.source}, {"bytes", share.bytes}, {"limit", share.limit_bytes}});
  }
  return json;
}

}  // namespace culvert::cli
