// Whose room in the quarantine an item takes, and how much of it each source has taken: counters
// that change in the commit that puts or removes an item. How much each may have is decided above
// (node/flow/quarantine_room.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// Numbers are frozen.
enum class ShareKind : std::uint8_t {
  peer = 1,         // what a peer signed a short while ago
  peers_hosts = 2,  // what came the way that a peer's mail comes, and no peer vouches for
  stranger = 3,     // all other, by where it came from
};

struct QuarantineShare {
  ShareKind kind = ShareKind::stranger;
  std::optional<Fingerprint> peer{};  // set exactly for `peer` and `peers_hosts`
  // Of a stranger: a network, or a domain and the edge that it came through, in words for people.
  std::string source{};
  bool operator==(const QuarantineShare&) const = default;
};

Bytes encode(const QuarantineShare& share);
// internal `damaged-record`.
Result<QuarantineShare> decode_quarantine_share(ByteView record);
// What tells shares apart: 32 octets from which no address can be read.
Bytes share_key(const QuarantineShare& share);

// An item costs so much beside its octets: record, trace and pages that are not full. So a flood
// of tiny items is bounded as well.
inline constexpr std::uint64_t kItemCostBytes = 4096;
inline constexpr std::uint64_t charged_bytes(std::uint64_t size_bytes) {
  return size_bytes + kItemCostBytes;
}

struct ShareUse {
  QuarantineShare share{};
  std::uint64_t bytes = 0;  // charged
  std::uint64_t items = 0;
  bool operator==(const ShareUse&) const = default;
};
Bytes encode(const ShareUse& use);
// internal `damaged-record`.
Result<ShareUse> decode_share_use(ByteView record);

// Charged to one share; 0 if it has nothing.
std::uint64_t share_bytes(const ReadTransaction& txn, const QuarantineShare& share);
// Charged to all strangers together. Cheap.
std::uint64_t strangers_bytes(const ReadTransaction& txn);
// Those that have at least so much, at most `limit`, in no order.
std::vector<ShareUse> list_shares(const ReadTransaction& txn, std::uint64_t least_bytes,
                                  std::size_t limit);

// For the functions that put and remove items, in the same transaction.
void charge_share(WriteTransaction& txn, const QuarantineShare& share, std::uint64_t size_bytes);
void credit_share(WriteTransaction& txn, const QuarantineShare& share, std::uint64_t size_bytes);

// Adds all items up anew: for a start of the node, because older programs counted otherwise.
void recount_quarantine(WriteTransaction& txn);

}  // namespace culvert::store
