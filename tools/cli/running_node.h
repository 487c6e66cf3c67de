// The node that may run beside a command: where it listens, and whether it answers.
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

// True if the node wrote where it listens and its inside listener takes a connection within half a
// second.
bool node_answers(const node::Config& config);

// What peers are told. permanent `no-peering-url` if the port is 0 and no node runs.
Result<std::string> peering_url(const node::Config& config);

}  // namespace culvert::cli
