// Which sealed mail was delivered to whom: (peer identity, Culvert-Id, recipient), so that it is
// delivered once (protocol.md, "Received"). A peer's ids are its own and cannot poison another's.
#pragma once

#include <chrono>

#include "crypto/base/clock.h"
#include "crypto/base/limits.h"
#include "crypto/base/names.h"
#include "store/messages.h"

namespace culvert::store {

// Records a delivery. True if it was not recorded before, false if this recipient has had this
// mail. Call it in the closure that queues the delivery.
bool note_seen(WriteTransaction& txn, const Fingerprint& peer, const MessageId& culvert_id,
               const Mailbox& recipient, Time sealed);
// The same for a recipient as text (Mailbox::text).
bool note_seen(WriteTransaction& txn, const Fingerprint& peer, const MessageId& culvert_id,
               std::string_view recipient, Time sealed);
bool was_seen(const ReadTransaction& txn, const Fingerprint& peer, const MessageId& culvert_id,
              const Mailbox& recipient);

// It is not known whether mail sealed before the horizon was delivered, so such mail goes to
// quarantine.
Time seen_horizon(const ReadTransaction& txn);

// The next horizon: `age` before the wall clock, but never back, and never further than the steady
// clock went since the last call. So a wall clock that jumps purges nothing.
Time next_horizon(Time current, Time wall_now, std::chrono::seconds steady_elapsed,
                  std::chrono::seconds age = kSeenRecordAge);
// For a new store: no mail sealed before `now` can have come.
void start_seen_horizon(WriteTransaction& txn, Time now);
// Never goes back.
void advance_seen_horizon(WriteTransaction& txn, Time horizon);

// Removes at most `limit` records of mail sealed before the horizon. Returns how many. Call it in a
// later write than advance_seen_horizon.
std::size_t purge_seen(WriteTransaction& txn, std::size_t limit);

}  // namespace culvert::store
