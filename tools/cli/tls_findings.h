// What is wrong with the TLS certificate and key that the configuration names.
#pragma once

#include <vector>

#include "crypto/base/clock.h"
#include "node/config/config.h"

namespace culvert::cli {

// Errors keep `serve` from starting: a file that cannot be read, a key that belongs to another
// certificate. Warnings do not, but servers that verify refuse: each certificate of the chain that
// is past its end at `now`, or before its beginning. Nothing if the configuration names no files,
// or one that is not there.
std::vector<node::Finding> tls_findings(const node::Config& config, Time now);

}  // namespace culvert::cli
