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

// The first event of a message, with all addresses under which it is found later.
void begin_trace(WriteTransaction& txn, const MessageId& id, const TraceEvent& event,
                 const std::vector<Mailbox>& addresses);
// Only the addresses (Mailbox::lookup_key) under which it is found.
void index_trace(WriteTransaction& txn, const MessageId& id, Time first,
                 const std::vector<std::string>& addresses);
// Any later event. Reads nothing, so it costs little.
void add_trace(WriteTransaction& txn, const MessageId& id, const TraceEvent& event);

// All events of a message, oldest first; empty if there are none.
std::vector<TraceEvent> find_trace(const ReadTransaction& txn, const MessageId& id);
// The newest `limit` messages from or to an address, newest first. Its spelling does not count
// (Mailbox::lookup_key): people search without knowing it.
std::vector<MessageId> find_traced(const ReadTransaction& txn, const Mailbox& address,
                                   std::size_t limit);
// What index_trace wrote into `trace_times`. internal `damaged-record`.
Result<std::vector<std::string>> decode_trace_addresses(ByteView record);
// Forgets at most `limit` messages whose first event is older; how many.
std::size_t purge_trace(WriteTransaction& txn, Time before, std::size_t limit);

}  // namespace culvert::store
