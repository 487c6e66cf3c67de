// What the queue tells of a destination that takes no mail: who waits there need not have been
// tried itself, because a destination that fails is asked with one mail at a time.
#pragma once

#include <map>

#include "store/queue.h"

namespace culvert::store {

// One failed attempt may be a restart of the other side.
inline constexpr std::uint64_t kAttemptsThatTell = 2;

struct LastAttempts {
  std::uint64_t attempts = 0;  // of the entries that were looked at
  Time created{};              // the oldest of these that were attempted
  std::string reason{};        // of the last attempt; empty: none was found
  std::size_t looked_at = 0;
};
// Looks at no more than `limit` entries, the last to be due first, until it has seen
// kAttemptsThatTell: an attempt puts its entry behind all that were due before it.
LastAttempts last_attempts(const ReadTransaction& txn, DeliveryPath path,
                           std::string_view destination, std::size_t limit);

// What is due for so long and was not tried waits for its destination.
inline constexpr std::chrono::seconds kOverdue{5};

// Why entries wait, of which most were not tried themselves. Each destination is asked once.
class WaitReasons {
 public:
  // At most `limit` entries are looked at in all. `txn` must outlive it.
  WaitReasons(const ReadTransaction& txn, std::size_t limit) : txn_(txn), left_(limit) {}
  // Of the last attempt for the destination of the entry; empty: none is known.
  const std::string& of_destination(const QueueEntry& entry);

 private:
  const ReadTransaction& txn_;
  std::size_t left_;
  std::map<std::pair<DeliveryPath, std::string>, std::string> known_;
};

// A "delayed" DSN about it was put in the same closure, without an attempt: its place in the queue
// and its reason stay. `entry` as it was read in this closure.
void note_delay_report(WriteTransaction& txn, QueueEntry entry, Time when);

}  // namespace culvert::store
