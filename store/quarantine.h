// Mail that waits for a person, for a route, or for its end: as it came, sealed at rest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/bodies.h"
#include "store/quarantine_shares.h"
#include "store/queue.h"
#include "store/trace.h"
#include "store/trouble.h"

namespace culvert::store {

struct QuarantineItem {
  Message message{};  // `message.id` is the item's id
  std::vector<Recipient> recipients{};
  Time since{};
  std::string reason_code{};  // a stable word, for example `no-route`
  std::string reason_text{};
  std::optional<Fingerprint> peer{};  // set if its signature was verified
  std::string route_domain{};         // with `no-route`: the domain whose route it waits for
  // With `future`: from when on it may be opened.
  std::optional<Time> opens{};
  // If a peer is to be told what becomes of it.
  std::optional<TroubleNote> trouble{};
  // Whose room it takes. Items of older programs have none: see `share_of`.
  std::optional<QuarantineShare> share{};
  // Equal for the same mail that comes again: 32 octets, or empty.
  Bytes copy_key{};
  // Set: `copy_key` is known until then, also when the item is gone before.
  std::optional<Time> remembered_until{};
  bool operator==(const QuarantineItem&) const = default;
};

Bytes encode(const QuarantineItem& item);
// internal `damaged-record`.
Result<QuarantineItem> decode_quarantine_item(ByteView record);

// Its share; of an older program's item that of its peer, or of a stranger without a source.
QuarantineShare share_of(const QuarantineItem& item);

// Moves a queued message with its body: the entry is finished, and if it was the last, the message
// leaves the queue. `item.message` is set from the store. The message must have this one entry, as
// mail to be opened has (internal `bad-message`). False if the entry is gone.
Result<bool> quarantine_entry(WriteTransaction& txn, const EntryId& id, QuarantineItem item);

// Takes a message straight into quarantine. temporary `disk-full`; internal `bad-message`.
Status put_quarantine(WriteTransaction& txn, const QuarantineItem& item, const StagedBody& body);

std::optional<QuarantineItem> find_quarantine(const ReadTransaction& txn, const MessageId& id);

// Back into the queue with these entries, under the same id and body. False if it is gone; internal
// `bad-message` for entries of another id.
Result<bool> requeue_quarantine(WriteTransaction& txn, const MessageId& id,
                                const std::vector<QueueEntry>& entries);
// Removes it and its body. False if it is gone.
bool drop_quarantine(WriteTransaction& txn, const MessageId& id);

// Tells in the item's trace how it ended, and, if `state` says so and the peer is to know, the
// peer. What is held may be older than traces are kept: then one begins anew, so that it is found,
// and purged in its time.
void trace_end_of_item(WriteTransaction& txn, const QuarantineItem& item, const TraceEvent& event,
                       std::optional<TroubleState> state);

struct QuarantinePage {
  std::vector<QuarantineItem> items{};
  std::optional<MessageId> next{};
};
// In the order of arrival. `reason` not empty: only items with that code. Damaged items are logged
// and left out.
QuarantinePage list_quarantine(const ReadTransaction& txn, const std::optional<MessageId>& from,
                               std::size_t limit, std::string_view reason = {});

// How many items there are. Cheap.
std::uint64_t quarantine_length(const ReadTransaction& txn);

// The message that was held, or returned, with this copy_key.
std::optional<MessageId> find_held_copy(const ReadTransaction& txn, ByteView copy_key);
// Of mail that is not kept itself: what comes again until then is known.
void remember_held_copy(WriteTransaction& txn, ByteView copy_key, const MessageId& id, Time until);
// Goes through at most `limit` copies from `from` on and forgets those that are not remembered any
// more; where to go on, or nothing at the end.
std::optional<Bytes> purge_held_copies(WriteTransaction& txn, Time now, const Bytes& from,
                                       std::size_t limit);

}  // namespace culvert::store
