// What the queue tells of a destination that takes no mail: who waits there need not have been
// tried itself, because a destination that fails is asked with one mail at a time.
#pragma once

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

// A "delayed" DSN about it was put in the same closure, without an attempt: its place in the queue
// and its reason stay. False, and nothing happens, if it is gone.
bool note_delay_report(WriteTransaction& txn, const EntryId& id, Time when);

}  // namespace culvert::store
