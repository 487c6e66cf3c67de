// What `status` warns of about peers: those that cannot be reached or refuse us, clocks that
// differ, proofs that fail, mail that no host takes, and cards and certificates near their end. Of
// what is so now: a warning goes by itself when its cause does.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::cli {

// A card is renewed every day, for 14 days: so little is left only if none came for a week.
inline constexpr std::chrono::hours kCardSoon{7 * 24};
// A tunnel certificate is renewed 30 days before its end.
inline constexpr std::chrono::hours kPeerCertificateSoon{14 * 24};
// protocol.md, "Proof": so long a route in use may fail without a word.
inline constexpr std::chrono::hours kProofPatience{6};

// One line each, of peers that are paired.
std::vector<std::string> peer_warnings(const store::ReadTransaction& txn, Time now);

}  // namespace culvert::cli
