// What `check` and `status` say about next hops that nobody verifies.
#pragma once

#include <vector>

#include "node/config/unverified_hops.h"
#include "store/store.h"

namespace culvert::cli {

// Those of `config` without the hosts of domains whose route is or was active: mail for these is
// sealed, so whoever answers there reads nothing.
Result<std::vector<node::UnverifiedHop>> hops_to_warn_of(const node::Config& config,
                                                         const store::Store& store);

}  // namespace culvert::cli
