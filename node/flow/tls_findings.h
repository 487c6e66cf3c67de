// What is wrong with the TLS certificate and key that the configuration names.
#pragma once

#include <vector>

#include "crypto/base/clock.h"
#include "node/config/config.h"

namespace culvert::node {

// Time enough to replace a certificate at leisure.
inline constexpr std::chrono::hours kTlsEndsSoon{14 * 24};

// An error keeps `serve` from starting: a file cannot be read, or the key belongs to another
// certificate. A warning does not, but servers that verify refuse the certificate: one of the chain
// has ended, ends soon, or has not begun at `now`, or the server's own is not made for servers.
// Empty if the configuration names no files, or one that does not exist.
std::vector<Finding> tls_findings(const Config& config, Time now);

}  // namespace culvert::node
