// Where the node listens, if it runs beside a command.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "node/config/config.h"

namespace culvert::cli {

// The addresses of `listener` (`smtp.inside`, `peering`, …) in data_dir/run/addresses.json. Empty
// if the node does not run or the file is not valid.
std::vector<node::SocketAddress> bound_addresses(const node::Config& config,
                                                 const std::string& listener);

// The URL that peers are told. permanent `no-peering-url` if the port is 0 and no node runs.
Result<std::string> peering_url(const node::Config& config);

}  // namespace culvert::cli
