// What happened to a message, in order, for `culvert trace`. Kept after the message is gone, until
// it is purged by age. Never holds content.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "store/messages.h"

namespace culvert::store {

struct TraceEvent {
  Time time{};
  std::string event{};  // a stable word: `received`, `decided`, `sealed`, `delivered`, ...
  std::vector<std::pair<std::string, std::string>> fields{};  // name and value, in order
  bool operator==(const TraceEvent&) const = default;
};

Bytes encode(const TraceEvent& event);
// internal `damaged-record`.
Result<TraceEvent> decode_trace_event(ByteView record);

// The first event of a message, with all addresses under which it is found later, and the
// Message-ID of its header (Message::message_id; empty: none).
void begin_trace(RecordSink& out, const MessageId& id, const TraceEvent& event,
                 const std::vector<Mailbox>& addresses, std::string_view message_id = {});
// Only the addresses (Mailbox::lookup_key) under which it is found, and the Message-ID.
void note_traced(RecordSink& out, const MessageId& id, Time first,
                 const std::vector<std::string>& addresses, std::string_view message_id = {});
// Any later event. Reads nothing, so it costs little.
void add_trace(RecordSink& out, const MessageId& id, const TraceEvent& event);

// All events of a message, oldest first; empty if there are none.
std::vector<TraceEvent> find_trace(const ReadTransaction& txn, const MessageId& id);

// The most messages that one call of `find_traced` looks through: a long read would keep the store
// from using its free pages again.
inline constexpr std::size_t kTracedAtOnce = 50'000;
struct TracedPage {
  std::vector<MessageId> ids{};  // newest first
  std::optional<Bytes> next{};   // give it as `before` for the next page; nothing at the end
};
// What people look for. If both are set, either may match.
struct TracedName {
  std::string lookup_key{};  // of an address (Mailbox::lookup_key): its spelling does not count
  std::string message_id{};  // as crypto::message_id_in gives it
};
// Messages from or to that address, or with that Message-ID, the newest first, at most `limit` (not
// 0). All messages are looked through, a million in a second or two. An index would cost every mail
// several pages of the store in random places. It would also show somebody who reads the disk which
// mails have an address in common.
TracedPage find_traced(const ReadTransaction& txn, const TracedName& name,
                       const std::optional<Bytes>& before, std::size_t limit);
inline TracedPage find_traced(const ReadTransaction& txn, const Mailbox& address,
                              const std::optional<Bytes>& before, std::size_t limit) {
  return find_traced(txn, TracedName{address.lookup_key(), {}}, before, limit);
}
// What note_traced wrote into `trace_times`. internal `damaged-record`.
Result<std::vector<std::string>> decode_trace_addresses(ByteView record);
// Forgets at most `limit` messages whose first event is before `before`. Returns how many.
std::size_t purge_trace(WriteTransaction& txn, Time before, std::size_t limit);
// The same for older events of messages that are forgotten already: mail may wait for longer than
// traces are kept.
std::size_t purge_late_events(WriteTransaction& txn, Time before, std::size_t limit);
// Removes at most `limit` records of the index by address that older programs kept. Returns how
// many.
std::size_t purge_trace_index(WriteTransaction& txn, std::size_t limit);

}  // namespace culvert::store
