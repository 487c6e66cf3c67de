// The queue: one entry for each path and destination of a message. Entries that are due are found
// by destination, so that a dead destination never hides another. Claims are the scheduler's, in
// memory: after a crash whatever was not finished is due again.
//
// Dates are those of the wall clock, which may go back: what was put off until a time that is no
// more in sight is due, and an entry dated in the future is dated anew when it is put off again.
//
// Functions that name an entry return false, and do nothing, if it is gone meanwhile (dropped by a
// command, finished by a repeated closure). The message and its body go with the last entry.
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
  // A domain's text; empty for `inside`; for `open` empty, or in hexadecimal digits the fingerprint
  // of the peer that it waits for.
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

// Takes over a message: record, body and entries. The ids of `message.body` and of all entries must
// be `message.id`, numbers distinct, destinations at most 255 octets without NUL (internal
// `bad-message`). temporary `disk-full` while only the reserve is left.
Status put_message(WriteTransaction& txn, const Message& message, const StagedBody& body,
                   const std::vector<QueueEntry>& entries);

// The same in two steps, so that the records are coded and sealed before the commit: its record and
// entries into `out`, or `bad-message`; then these records and the body, or `disk-full`. `records`
// may hold others of the same mail, such as its trace.
Status stage_message(RecordSink& out, const Message& message, const StagedBody& body,
                     const std::vector<QueueEntry>& entries);
Status put_staged(WriteTransaction& txn, const StagedRecords& records, const StagedBody& body);

// Adds an entry to a message that is there, under the next free number, which it returns; nothing
// if the message is gone. `entry.id.number` is ignored.
std::optional<EntryId> add_entry(WriteTransaction& txn, QueueEntry entry);

// One whose record is damaged counts as not there; `has_entry` tells that there is one.
std::optional<QueueEntry> find_entry(const ReadTransaction& txn, const EntryId& id);

bool has_entry(const ReadTransaction& txn, const EntryId& id);

// For an entry that is due of this path and destination, and that cannot be read, or whose message
// cannot: it is not due any more, so that it does not stand in the way, and waits for a person.
// What can still be read is held and says why. Nothing if it is gone or all is well.
void set_aside_entry(WriteTransaction& txn, const EntryId& id, DeliveryPath path,
                     std::string_view destination);

// After an attempt: nothing is left to do. A DSN for recipients that failed is a message of its
// own, put in the same closure.
bool finish(WriteTransaction& txn, const EntryId& id);

// Nothing is put off for longer: what is due later was put off before the clock went back, and is
// due now.
inline constexpr std::chrono::hours kFarthestAttempt{1};

// After an attempt: `remaining` is tried again at `next_attempt`, at most kFarthestAttempt from
// now; if it is empty, all its recipients are (`finish` if nobody is left). If the entry was made
// after that, by a clock that went back since, it counts as made then.
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
// Also one whose record, or whose message's, is damaged.
bool drop(WriteTransaction& txn, const EntryId& id);

// Moves an entry to another path and destination (a route was released, or became active), due now.
bool redirect(WriteTransaction& txn, const EntryId& id, DeliveryPath path,
              std::string_view destination, Time now);

struct QueuePage {
  std::vector<QueueEntry> entries{};
  std::optional<EntryId> next{};  // give it as `from` for the next page; nothing at the end
};
// In the order of ids, which is that of arrival to the second. Damaged entries are logged and left
// out.
QueuePage list_queue(const ReadTransaction& txn, const std::optional<EntryId>& from,
                     std::size_t limit);

// What is due, destination by destination.
struct DueScan {
  Time now{};
  std::size_t per_destination = 20;
  // How many of them a destination can use, if fewer: each that is looked at costs opening a
  // record. May be empty.
  std::function<std::size_t(DeliveryPath, const std::string&)> wanted{};
  std::size_t destinations = 1000;
  // Entries that are in hand already; they do not count. May be empty.
  std::function<bool(const EntryId&)> claimed{};
  // Goes on behind this destination; nothing: from the beginning.
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
  // The earliest time at which something not due yet will be, among destinations passed.
  std::optional<Time> next{};
  // Where to go on if the limit of destinations was reached.
  std::optional<std::pair<DeliveryPath, std::string>> more_after{};
};
// Costs one look-up a destination, however long the queue is.
DueResult scan_due(const ReadTransaction& txn, const DueScan& scan);

// Entries that wait on a path whose number this version of the program does not know, due or not;
// at most `limit`. Costs one look-up a known path if there is none.
std::vector<EntryId> entries_on_unknown_paths(const ReadTransaction& txn, std::size_t limit);

// Makes everything for a destination due now (a host came back, a route became active); how many,
// at most `limit`.
std::size_t retry_destination(WriteTransaction& txn, DeliveryPath path,
                              std::string_view destination, Time now, std::size_t limit);

// All entries of a path that are not held, in no order. For paths whose entries do not stay long.
std::vector<EntryId> entries_on_path(const ReadTransaction& txn, DeliveryPath path);

// How many entries there are. Cheap.
std::uint64_t queue_length(const ReadTransaction& txn);

}  // namespace culvert::store
