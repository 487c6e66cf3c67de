// Mail that waits for a person, or for a route: as it came, sealed at rest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/bodies.h"
#include "store/queue.h"

namespace culvert::store {

struct QuarantineItem {
  Message message{};  // `message.id` is the item's id
  std::vector<QueueRecipient> recipients{};
  Time since{};
  std::string reason_code{};  // a stable word, for example `no-route`
  std::string reason_text{};
  std::optional<Fingerprint> peer{};  // set if its signature was verified
  std::string route_domain{};         // with `no-route`: the domain whose route it waits for
  bool operator==(const QuarantineItem&) const = default;
};

Bytes encode(const QuarantineItem& item);
// internal `damaged-record`.
Result<QuarantineItem> decode_quarantine_item(ByteView record);

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

struct QuarantinePage {
  std::vector<QuarantineItem> items{};
  std::optional<MessageId> next{};
};
QuarantinePage list_quarantine(const ReadTransaction& txn, const std::optional<MessageId>& from,
                               std::size_t limit);

// Octets held for one verified peer, or with nothing for everybody else: against the quotas.
std::uint64_t quarantine_bytes(const ReadTransaction& txn, const std::optional<Fingerprint>& peer);

}  // namespace culvert::store
