// Parts of the queue that its files and quarantine share. For files of this folder.
#pragma once

#include "store/queue.h"
#include "store/record.h"
#include "store/record_seal.h"

namespace culvert::store {

Bytes encode(const Recipient& recipient);
// All fields of that number. A malformed one makes the record bad.
std::vector<Recipient> read_recipients(RecordReader& in, std::uint32_t number);

Bytes entry_key(const EntryId& id);
// Reads the id from a key of the table `queue`, or from the end of a key of `due`.
std::optional<EntryId> read_entry_key(ByteView key);

// path(1) hash(destination): the prefix of a destination's keys in the table `due`.
inline constexpr std::size_t kDuePrefixOctets = 1 + kIndexBytes;
Bytes due_prefix(const RecordSeal& seal, DeliveryPath path, std::string_view destination);
Bytes due_key(const RecordSeal& seal, const QueueEntry& entry);

// internal `bad-message` unless all belong to the message and differ in number.
Status check_entries(const MessageId& message, const std::vector<QueueEntry>& entries);
// Puts an entry and, unless it is held, its place in `due`.
void put_entry(RecordSink& out, const QueueEntry& entry);
void erase_entry(WriteTransaction& txn, const QueueEntry& entry);
// True if the message has entries.
bool has_entries(const ReadTransaction& txn, const MessageId& message);

}  // namespace culvert::store
