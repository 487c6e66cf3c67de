// Mail that waits for a person, for a route, or for its end. It is kept as it came, sealed at rest.
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
  // With `future`: when it may be opened.
  std::optional<Time> opens{};
  // Set if a peer is to be told what becomes of the item.
  std::optional<TroubleNote> trouble{};
  // Whose room it takes. Items of older programs have none: see `share_of`.
  std::optional<QuarantineShare> share{};
  // Equal for the same mail that comes again: 32 octets, or empty.
  Bytes copy_key{};
  // If set, `copy_key` is known until then, even if the item goes earlier.
  std::optional<Time> remembered_until{};
  bool operator==(const QuarantineItem&) const = default;
};

Bytes encode(const QuarantineItem& item);
// internal `damaged-record`.
Result<QuarantineItem> decode_quarantine_item(ByteView record);

// The item's share. An older program's item gets that of its peer, or of a stranger without a
// source.
QuarantineShare share_of(const QuarantineItem& item);

// Moves a queued message with its body into quarantine. Its entry is finished, and the message
// leaves the queue. `item.message` is set from the store. The message must have this one entry, as
// mail to be opened has (internal `bad-message`). False if the entry or the message is gone.
Result<bool> quarantine_entry(WriteTransaction& txn, const EntryId& id, QuarantineItem item);

// Takes a message straight into quarantine. temporary `disk-full`; internal `bad-message`.
Status put_quarantine(WriteTransaction& txn, const QuarantineItem& item, const StagedBody& body);

std::optional<QuarantineItem> find_quarantine(const ReadTransaction& txn, const MessageId& id);

// Puts the item back into the queue with these entries, under the same id and body. False if it is
// gone; internal `bad-message` for entries of another id.
Result<bool> requeue_quarantine(WriteTransaction& txn, const MessageId& id,
                                const std::vector<QueueEntry>& entries);
// Removes it and its body. False if it is gone.
bool drop_quarantine(WriteTransaction& txn, const MessageId& id);

// Notes in the item's trace how it ended. Also notes it for the peer, if `state` is set and the
// peer is to be told. An item may be older than traces are kept: its trace then begins anew, so
// that it is found, and is purged in its time.
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
// For mail that is not kept itself: the same mail is recognised if it comes again before `until`.
void remember_held_copy(WriteTransaction& txn, ByteView copy_key, const MessageId& id, Time until);
// Looks at no more than `limit` copies from `from` on, and forgets those that need not be
// remembered any more. Returns where to go on, or nothing at the end.
std::optional<Bytes> purge_held_copies(WriteTransaction& txn, Time now, const Bytes& from,
                                       std::size_t limit);

}  // namespace culvert::store
