// How much sealed mail may wait for a person (formats.md): one quota for each verified peer, one
// for everybody else. Full means 452 after DATA, decided without a private key.
#pragma once

#include "crypto/base/names.h"
#include "store/store.h"

namespace culvert::node {

inline constexpr std::uint64_t kQuarantineQuotaBytes = std::uint64_t{1} << 30;

// True if that peer's mail would exceed its quota with so many octets more.
bool is_over_quota(const store::ReadTransaction& txn, const Fingerprint& peer,
                   std::uint64_t more_bytes);

// True if what came from nobody known fills its quota.
bool quarantine_is_full(const store::Store& store);

}  // namespace culvert::node
