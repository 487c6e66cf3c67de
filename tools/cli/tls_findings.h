// What is wrong with the TLS certificate and key that the configuration names.
#pragma once

#include <vector>

#include "crypto/base/clock.h"
#include "node/config/config.h"

namespace culvert::cli {

// An error keeps `serve` from starting: a file cannot be read, or the key belongs to another
// certificate. A warning does not, but servers that verify refuse the certificate: one of the chain
// has ended or has not begun at `now`, or the server's own is not made for servers. Empty if the
// configuration names no files, or one that does not exist.
std::vector<node::Finding> tls_findings(const node::Config& config, Time now);

}  // namespace culvert::cli
