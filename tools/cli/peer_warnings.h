// The warnings of `status` about peers: peers that cannot be reached or refuse this node's card,
// clocks that differ, proofs that fail, mail that no host takes, and cards and certificates near
// their end. A warning disappears when its cause does.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::cli {

// A card lasts 14 days and is renewed every day. Less than this is left only if none came for a
// week.
inline constexpr std::chrono::hours kCardSoon{7 * 24};
// A tunnel certificate is renewed 30 days before its end.
inline constexpr std::chrono::hours kPeerCertificateSoon{14 * 24};
// A route in use may fail for this long without a warning (protocol.md, "Proof").
inline constexpr std::chrono::hours kProofPatience{6};

// One line for each warning, about peers that are paired.
std::vector<std::string> peer_warnings(const store::ReadTransaction& txn, Time now);

}  // namespace culvert::cli
