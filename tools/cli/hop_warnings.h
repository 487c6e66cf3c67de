// The next hops that `check` and `status` warn of because nobody verifies them.
#pragma once

#include <vector>

#include "node/config/unverified_hops.h"
#include "store/store.h"

namespace culvert::cli {

// The unverified next hops of `config`, without the hosts of domains whose route is or was active:
// mail for these domains is sealed, so whoever answers there reads nothing.
Result<std::vector<node::UnverifiedHop>> hops_to_warn_of(const node::Config& config,
                                                         const store::Store& store);

}  // namespace culvert::cli
