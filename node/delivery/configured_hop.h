// Where mail for a domain goes, by configuration.
#pragma once

#include <optional>
#include <string>

#include "node/config/config.h"

namespace culvert::node {

// The fixed host of that domain, or of all domains. Nothing: the hosts that DNS names.
std::optional<NextHop> hop_of_domain(const Config& config, const std::string& domain);

}  // namespace culvert::node
