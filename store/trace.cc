#include "store/trace.h"

#include <chrono>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of TraceEvent, and of the names and values in it. Frozen.
enum : std::uint32_t { kTime = 1, kEvent = 2, kField = 3 };
enum : std::uint32_t { kName = 1, kValue = 2 };
// Field of the record in `trace_times`. Frozen.
enum : std::uint32_t { kAddress = 1 };

// Events of one second keep the order in which they were written.
std::uint64_t write_order() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

Bytes address_key(std::string_view address, Time time, const MessageId& id) {
  return KeyWriter().text_nul(address).time(time).bytes(id.view()).take();
}

// Forgets one message: `key` and `addresses` are its record in `trace_times`.
void forget(WriteTransaction& txn, const Bytes& key, const std::vector<std::string>& addresses) {
  const Time time = read_time(key);
  const auto id = MessageId::from_bytes(ByteView(key).subspan(8));
  if (id) {
    for (const std::string& address : addresses) {
      txn.erase(Table::trace_addresses, address_key(address, time, *id));
    }
    for (const Bytes& event : keys_of(txn, Table::trace, id->view(), SIZE_MAX)) {
      txn.erase(Table::trace, event);
    }
  }
  txn.erase(Table::trace_times, key);
}

}  // namespace

Bytes encode(const TraceEvent& event) {
  RecordWriter out;
  out.time(kTime, event.time).text(kEvent, event.event);
  for (const auto& [name, value] : event.fields) {
    out.item(kField, RecordWriter().text(kName, name).text(kValue, value).take());
  }
  return out.take();
}

Result<TraceEvent> decode_trace_event(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return std::move(in).error();
  TraceEvent event{in->time_or_zero(kTime), in->text(kEvent), {}};
  for (const ByteView field : in->all(kField)) {
    auto pair = RecordReader::parse(field);
    if (!pair) return std::move(pair).error();
    event.fields.emplace_back(pair->text(kName), pair->text(kValue));
  }
  if (Status ok = in->status(); !ok) return std::move(ok).error();
  return event;
}

void begin_trace(WriteTransaction& txn, const MessageId& id, const TraceEvent& event,
                 const std::vector<Mailbox>& addresses) {
  RecordWriter list;
  for (const Mailbox& mailbox : addresses) {
    const std::string address = mailbox.lookup_key();
    list.item(kAddress, address);
    txn.put(Table::trace_addresses, address_key(address, event.time, id), {});
  }
  txn.put(Table::trace_times, KeyWriter().time(event.time).bytes(id.view()).take(), list.take());
  add_trace(txn, id, event);
}

void add_trace(WriteTransaction& txn, const MessageId& id, const TraceEvent& event) {
  const Bytes key = KeyWriter().bytes(id.view()).time(event.time).number64(write_order()).take();
  txn.put(Table::trace, key, encode(event));
}

std::vector<TraceEvent> find_trace(const ReadTransaction& txn, const MessageId& id) {
  return load_all<TraceEvent>(txn, Table::trace, id.view(), decode_trace_event);
}

std::vector<MessageId> find_traced(const ReadTransaction& txn, const Mailbox& address,
                                   std::size_t limit) {
  const Bytes prefix = KeyWriter().text_nul(address.lookup_key()).take();
  std::vector<MessageId> ids;
  each(txn, Table::trace_addresses, prefix, prefix, [&](ByteView key, ByteView) {
    const auto id = MessageId::from_bytes(key.last(std::min(key.size(), MessageId::kSize)));
    if (id) ids.push_back(*id);
    return true;
  });
  std::reverse(ids.begin(), ids.end());
  if (ids.size() > limit) ids.resize(limit);
  return ids;
}

std::size_t purge_trace(WriteTransaction& txn, Time before, std::size_t limit) {
  std::vector<std::pair<Bytes, std::vector<std::string>>> old;
  each(txn, Table::trace_times, {}, {}, [&](ByteView key, ByteView record) {
    if (old.size() == limit || key.size() < 8 || read_time(key) >= before) return false;
    auto addresses = RecordReader::parse(record);
    old.emplace_back(Bytes(key.begin(), key.end()),
                     addresses ? addresses->all_texts(kAddress) : std::vector<std::string>{});
    return true;
  });
  for (const auto& [key, addresses] : old)
    forget(txn, key, addresses);
  return old.size();
}

}  // namespace culvert::store
