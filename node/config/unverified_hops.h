// Next hops beyond this machine that may get mail although nobody verifies them. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/config/config.h"

namespace culvert::node {

struct UnverifiedHop {
  std::string key;               // `delivery.outside`, `delivery.hosts.b.example`
  std::optional<Domain> domain;  // for `delivery.hosts`: sealed mail for it loses nothing here
  int line = 0;                  // in the configuration
  std::string text;              // what is wrong, and what to write instead
};

// In the order inside, outside, hosts. MX hosts are not among them: no host can be named there.
std::vector<UnverifiedHop> unverified_hops(const Config& config);

}  // namespace culvert::node
