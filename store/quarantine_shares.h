// Whose room in the quarantine an item takes, and how much room each source has taken. The counters
// change in the commit that puts or removes an item. node/flow/quarantine_room.h decides how much
// each source may have.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// Numbers are frozen.
enum class ShareKind : std::uint8_t {
  peer = 1,         // mail that a peer signed a short while ago
  peers_hosts = 2,  // mail that came the way a peer's mail comes, but no peer vouches for
  stranger = 3,     // all other mail, by where it came from
};

struct QuarantineShare {
  ShareKind kind = ShareKind::stranger;
  std::optional<Fingerprint> peer{};  // set exactly for `peer` and `peers_hosts`
  // For a stranger: a network, or a domain and the edge that it came through, in words for people.
  std::string source{};
  bool operator==(const QuarantineShare&) const = default;
};

Bytes encode(const QuarantineShare& share);
// internal `damaged-record`.
Result<QuarantineShare> decode_quarantine_share(ByteView record);
// Tells shares apart: 32 octets from which no address can be read.
Bytes share_key(const QuarantineShare& share);

// What an item costs besides its octets: record, trace and pages that are not full. So a flood of
// tiny items is bounded as well.
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

// Octets charged to one share; 0 if it has nothing.
std::uint64_t share_bytes(const ReadTransaction& txn, const QuarantineShare& share);
// Octets charged to all strangers together. Cheap.
std::uint64_t strangers_bytes(const ReadTransaction& txn);
// Shares with at least `least_bytes`, at most `limit`, in no order.
std::vector<ShareUse> list_shares(const ReadTransaction& txn, std::uint64_t least_bytes,
                                  std::size_t limit);

// For the functions that put and remove items, in the same transaction.
void charge_share(WriteTransaction& txn, const QuarantineShare& share, std::uint64_t size_bytes);
void credit_share(WriteTransaction& txn, const QuarantineShare& share, std::uint64_t size_bytes);

// Counts all items anew. For the start of the node, because older programs counted differently.
void recount_quarantine(WriteTransaction& txn);

}  // namespace culvert::store
