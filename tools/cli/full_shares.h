// Shares of the quarantine that are full or nearly full, for `culvert status`. Sealed mail from the
// source of a full share is told to come later.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "node/config/config.h"
#include "store/quarantine_shares.h"

namespace culvert::cli {

struct FullShare {
  std::string source;  // in words: a peer's name, a network or a domain
  std::uint64_t bytes = 0;
  std::uint64_t limit_bytes = 0;
};

// The shares with less than a tenth left: at most a hundred, and one for all strangers together.
std::vector<FullShare> full_shares(const store::ReadTransaction& txn, const node::Config& config);

// One line for each share, with what to do.
std::vector<std::string> full_shares_warnings(const std::vector<FullShare>& shares);
// [{source, bytes, limit}]
nlohmann::ordered_json full_shares_json(const std::vector<FullShare>& shares);

}  // namespace culvert::cli
