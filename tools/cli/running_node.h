// The node that may run beside a command: where it listens.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "node/config/config.h"

namespace culvert::cli {

// The addresses of `listener` (`smtp.inside`, `peering`, …) in data_dir/run/addresses.json; empty
// if the node does not run or the file is not right.
std::vector<node::SocketAddress> bound_addresses(const node::Config& config,
                                                 const std::string& listener);

// What peers are told. permanent `no-peering-url` if the port is 0 and no node runs.
Result<std::string> peering_url(const node::Config& config);

}  // namespace culvert::cli
