// The warnings of `status` about domains that a partner does not accept: ours there, and a
// partner's here. Each names the command that mends it, on whichever side it is.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::cli {

// After a pairing or a change, proofs are under way for a while, and need no person.
inline constexpr std::chrono::minutes kAcceptancePatience{2};

// At most two lines for each peer that is paired. `own`: the domains that this node serves.
std::vector<std::string> acceptance_warnings(const store::ReadTransaction& txn,
                                             const std::vector<Domain>& own, Time now);

}  // namespace culvert::cli
