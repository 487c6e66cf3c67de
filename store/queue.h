// The queue: one entry for each path and destination of a message. Entries that are due are found
// by destination, so that a dead destination never hides another. The scheduler keeps its claims in
// memory: after a crash, every entry that was not finished is due again.
//
// Times are those of the wall clock, which may go back. So an entry that waits for a time farther
// off than kFarthestAttempt is due now, and an entry dated in the future is dated anew when it is
// deferred again.
//
// Functions that name an entry return false, and do nothing, if it is gone (dropped by a command,
// finished by a repeated closure). The message and its body go with the last entry.
#pragma once

#include <chrono>
#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/envelope.h"
#include "store/bodies.h"
#include "store/delivery_path.h"
#include "store/message_state.h"
#include "store/messages.h"
#include "store/staged_records.h"

namespace culvert::store {

struct EntryId {
  MessageId message{};
  std::uint16_t number = 0;
  // `<32 hex>.<number>`
  std::string text() const;
  // That form only, or nothing.
  static std::optional<EntryId> parse(std::string_view text);
  auto operator<=>(const EntryId&) const = default;
};

struct QueueEntry {
  EntryId id{};
  DeliveryPath path = DeliveryPath::clear;
  // A domain's text. Empty for `inside`. For `open`: empty, or the fingerprint of the peer that it
  // waits for, in hexadecimal digits.
  std::string destination{};
  std::optional<Fingerprint> peer{};  // `proof` only: whose key it is sealed to
  std::vector<Recipient> recipients{};
  EntryState state = EntryState::queued;
  std::uint32_t attempts = 0;
  Time created{};
  Time next_attempt{};
  Time expires{};
  std::string reason{};  // of the last deferral or hold, one line
  std::optional<Time> delay_reported{};
  bool operator==(const QueueEntry&) const = default;
};

Bytes encode(const QueueEntry& entry);
// internal `damaged-record`.
Result<QueueEntry> decode_queue_entry(ByteView record);

// Accepts a message: puts its record, body and entries. The ids of `message.body` and of all
// entries must be `message.id`, numbers distinct, destinations at most 255 octets without NUL
// (internal `bad-message`). temporary `disk-full` while only the reserve is left.
Status put_message(WriteTransaction& txn, const Message& message, const StagedBody& body,
                   const std::vector<QueueEntry>& entries);

// The same in two steps, so that the records are encoded and sealed before the commit.
// stage_message puts the record and the entries of the message into `out`, or fails with
// `bad-message`. put_staged puts these records and the body, or fails with `disk-full`. `records`
// may hold others of the same mail, such as its trace.
Status stage_message(RecordSink& out, const Message& message, const StagedBody& body,
                     const std::vector<QueueEntry>& entries);
Status put_staged(WriteTransaction& txn, const StagedRecords& records, const StagedBody& body);

// Adds an entry to a stored message under the next free number, and returns its id. Nothing if the
// message is gone, or its last number is taken. `entry.id.number` is ignored.
std::optional<EntryId> add_entry(WriteTransaction& txn, QueueEntry entry);

// An entry whose record is damaged counts as absent; `has_entry` says that there is one.
std::optional<QueueEntry> find_entry(const ReadTransaction& txn, const EntryId& id);

bool has_entry(const ReadTransaction& txn, const EntryId& id);

// For an entry that is due on this path and destination but cannot be read, or whose message cannot
// be read. The entry stops being due, so that it does not block others, and waits for a person. If
// only its message cannot be read, the entry is held and says why. Does nothing if it is gone or
// all is well.
void set_aside_entry(WriteTransaction& txn, const EntryId& id, DeliveryPath path,
                     std::string_view destination);

// After an attempt that leaves nothing to do. A DSN for failed recipients is a message of its own,
// put in the same closure.
bool finish(WriteTransaction& txn, const EntryId& id);

// No entry is deferred for longer. An entry that is due later was deferred before the clock went
// back, and is due now.
inline constexpr std::chrono::hours kFarthestAttempt{1};

// After an attempt: `remaining` is tried again at `next_attempt`, at most kFarthestAttempt from
// now. If `remaining` is empty, all recipients are tried again (call `finish` if nobody is left).
// An entry made after `next_attempt`, by a clock that has gone back since, counts as made then.
struct Deferral {
  Time next_attempt{};
  std::string reason{};
  std::vector<Recipient> remaining{};
  std::optional<Time> delay_reported{};  // a "delayed" DSN was put in the same closure
};
bool defer(WriteTransaction& txn, const EntryId& id, const Deferral& deferral);

// By a person, or because policy or the route changed.
bool hold(WriteTransaction& txn, const EntryId& id, std::string_view reason);
bool release(WriteTransaction& txn, const EntryId& id, Time now);
bool retry(WriteTransaction& txn, const EntryId& id, Time now);
// Also drops an entry whose record, or whose message's record, is damaged.
bool drop(WriteTransaction& txn, const EntryId& id);

// Moves an entry to another path and destination (a route was released, or became active), due now.
bool redirect(WriteTransaction& txn, const EntryId& id, DeliveryPath path,
              std::string_view destination, Time now);

struct QueuePage {
  std::vector<QueueEntry> entries{};
  std::optional<EntryId> next{};  // give it as `from` for the next page; nothing at the end
};
// In the order of ids, which is the order of arrival to the second. Damaged entries are logged and
// left out.
QueuePage list_queue(const ReadTransaction& txn, const std::optional<EntryId>& from,
                     std::size_t limit);

// What is due, destination by destination.
struct DueScan {
  Time now{};
  std::size_t per_destination = 20;
  // How many entries a destination can use, if fewer: each entry that is looked at costs opening a
  // record. May be empty.
  std::function<std::size_t(DeliveryPath, const std::string&)> wanted{};
  std::size_t destinations = 1000;
  // True for entries that are in hand already; they do not count. May be empty.
  std::function<bool(const EntryId&)> claimed{};
  // Goes on after this destination; nothing: from the beginning.
  std::optional<std::pair<DeliveryPath, std::string>> after{};
  // Only that path's destinations; nothing: all, in the order of the paths' numbers.
  std::optional<DeliveryPath> path{};
};
struct DueDestination {
  DeliveryPath path = DeliveryPath::clear;
  std::string destination{};
  std::vector<EntryId> entries{};  // the longest due first
};
struct DueResult {
  std::vector<DueDestination> destinations{};
  // The earliest time at which an entry of the destinations passed becomes due that is not due yet.
  std::optional<Time> next{};
  // Where to go on if the limit of destinations was reached.
  std::optional<std::pair<DeliveryPath, std::string>> more_after{};
};
// Costs one look-up for each destination, however long the queue is.
DueResult scan_due(const ReadTransaction& txn, const DueScan& scan);

// Entries that wait on a path whose number this version of the program does not know, due or not;
// at most `limit`. Costs one look-up for each known path if there are none.
std::vector<EntryId> entries_on_unknown_paths(const ReadTransaction& txn, std::size_t limit);

// Makes every entry for a destination due now (a host came back, a route became active), at most
// `limit`. Returns how many.
std::size_t retry_destination(WriteTransaction& txn, DeliveryPath path,
                              std::string_view destination, Time now, std::size_t limit);

// All entries of a path that are not held, in no order. For paths whose entries do not stay long.
std::vector<EntryId> entries_on_path(const ReadTransaction& txn, DeliveryPath path);

// How many entries there are. Cheap.
std::uint64_t queue_length(const ReadTransaction& txn);
// How many of them are held, or cannot be read, and so are never due. Costs no scan.
std::uint64_t held_length(const ReadTransaction& txn);

}  // namespace culvert::store
