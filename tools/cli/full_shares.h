// Shares of the quarantine that are full or nearly so, for `culvert status`: what their sources
// send sealed is told to come later.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "node/config/config.h"
#include "store/quarantine_shares.h"

namespace culvert::cli {

struct FullShare {
  std::string source;  // a peer's name, a network, a domain; in words
  std::uint64_t bytes = 0;
  std::uint64_t limit_bytes = 0;
};

// Those of which less than a tenth is left; at most a hundred, and all strangers together as one.
std::vector<FullShare> full_shares(const store::ReadTransaction& txn, const node::Config& config);

// One line for each, with what to do.
std::vector<std::string> full_shares_warnings(const std::vector<FullShare>& shares);
// [{source, bytes, limit}]
nlohmann::ordered_json full_shares_json(const std::vector<FullShare>& shares);

}  // namespace culvert::cli
