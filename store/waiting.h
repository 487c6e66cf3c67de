// What the queue says about a destination that takes no mail. An entry that waits there need not
// have been tried itself, because a destination that fails is tried with one mail at a time.
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
// kAttemptsThatTell attempts. An attempt puts its entry behind all that were due before it.
LastAttempts last_attempts(const ReadTransaction& txn, DeliveryPath path,
                           std::string_view destination, std::size_t limit);

// An entry that has been due for this long and was not tried waits for its destination.
inline constexpr std::chrono::seconds kOverdue{5};

// Why entries wait, most of which were not tried themselves. Each destination is looked up once.
class WaitReasons {
 public:
  // At most `limit` entries are looked at in all. `txn` must outlive it.
  WaitReasons(const ReadTransaction& txn, std::size_t limit) : txn_(txn), left_(limit) {}
  // The reason of the last attempt for the entry's destination; empty: none is known.
  const std::string& of_destination(const QueueEntry& entry);

 private:
  const ReadTransaction& txn_;
  std::size_t left_;
  std::map<std::pair<DeliveryPath, std::string>, std::string> known_;
};

// Notes that a "delayed" DSN about the entry was put in the same closure, without an attempt: its
// place in the queue and its reason stay. `entry` is as it was read in this closure.
void note_delay_report(WriteTransaction& txn, QueueEntry entry, Time when);

}  // namespace culvert::store
