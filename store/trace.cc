#include "store/trace.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of TraceEvent, and of the names and values in it. Frozen.
enum : std::uint32_t { kTime = 1, kEvent = 2, kField = 3 };
enum : std::uint32_t { kName = 1, kValue = 2 };
// Field of the record in `trace_times`. Frozen.
enum : std::uint32_t { kAddress = 1, kMessageId = 2 };

// A number that keeps events of one second in the order in which they were made. No two events of
// this process get the same one, however coarse its clock is: they would replace each other.
std::uint64_t next_order() {
  static std::atomic<std::uint64_t> last{0};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto tick = static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
  std::uint64_t before = last.load();
  std::uint64_t order = 0;
  do {
    order = std::max(tick, before + 1);
  } while (!last.compare_exchange_weak(before, order));
  return order;
}
bool is_traced_under(ByteView record, const TracedName& name) {
  auto in = RecordReader::parse(record);
  if (!in) return false;
  if (!name.message_id.empty() && as_text(in->bytes(kMessageId)) == name.message_id) return true;
  if (name.lookup_key.empty()) return false;
  const auto addresses = in->all(kAddress);
  return std::any_of(addresses.begin(), addresses.end(),
                     [&name](ByteView address) { return as_text(address) == name.lookup_key; });
}

// Forgets one message: `key` is that of its record in `trace_times`.
void forget(WriteTransaction& txn, const Bytes& key) {
  if (const auto id = MessageId::from_bytes(ByteView(key).subspan(8))) {
    for (const Bytes& event : keys_of(txn, Table::trace, id->view(), SIZE_MAX))
      txn.erase(Table::trace, event);
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
  if (!in) return in.error();
  TraceEvent event{in->time_or_zero(kTime), in->text(kEvent), {}};
  for (const ByteView field : in->all(kField)) {
    auto pair = RecordReader::parse(field);
    if (!pair) return pair.error();
    event.fields.emplace_back(pair->text(kName), pair->text(kValue));
  }
  if (const Status ok = in->status(); !ok) return ok.error();
  return event;
}

void begin_trace(RecordSink& out, const MessageId& id, const TraceEvent& event,
                 const std::vector<Mailbox>& addresses, std::string_view message_id) {
  std::vector<std::string> texts;
  for (const Mailbox& mailbox : addresses)
    texts.push_back(mailbox.lookup_key());
  note_traced(out, id, event.time, texts, message_id);
  add_trace(out, id, event);
}

void note_traced(RecordSink& out, const MessageId& id, Time first,
                 const std::vector<std::string>& addresses, std::string_view message_id) {
  RecordWriter list;
  for (const std::string& address : addresses)
    list.item(kAddress, address);
  if (!message_id.empty()) list.text(kMessageId, message_id);
  out.put(Table::trace_times, KeyWriter().time(first).bytes(id.view()).take(), list.take());
}

Result<std::vector<std::string>> decode_trace_addresses(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  return in->all_texts(kAddress);
}

void add_trace(RecordSink& out, const MessageId& id, const TraceEvent& event) {
  const Bytes key = KeyWriter().bytes(id.view()).time(event.time).number64(next_order()).take();
  out.put(Table::trace, key, encode(event));
}

std::vector<TraceEvent> find_trace(const ReadTransaction& txn, const MessageId& id) {
  return load_all<TraceEvent>(txn, Table::trace, id.view(), decode_trace_event);
}

TracedPage find_traced(const ReadTransaction& txn, const TracedName& name,
                       const std::optional<Bytes>& before, std::size_t limit) {
  TracedPage page;
  std::size_t looked_at = 0;
  Cursor at = txn.scan_back(Table::trace_times, before.value_or(Bytes{}));
  for (; !at.at_end(); at.previous()) {
    const ByteView key = at.key();
    if (key.empty()) break;  // never made here; it would begin again at the newest
    const auto id = MessageId::from_bytes(key.last(std::min(key.size(), MessageId::kSize)));
    const auto record = at.value();
    if (id && record && is_traced_under(*record, name)) page.ids.push_back(*id);
    if (page.ids.size() == limit || ++looked_at == kTracedAtOnce) {
      page.next.emplace(key.begin(), key.end());
      break;
    }
  }
  return page;
}

std::size_t purge_trace(WriteTransaction& txn, Time before, std::size_t limit) {
  std::vector<Bytes> old;
  each_key(txn, Table::trace_times, {}, [&](ByteView key) {
    if (old.size() == limit || key.size() < 8 || read_time(key) >= before) return false;
    old.emplace_back(key.begin(), key.end());
    return true;
  });
  for (const Bytes& key : old)
    forget(txn, key);
  return old.size();
}

std::size_t purge_late_events(WriteTransaction& txn, Time before, std::size_t limit) {
  std::vector<Bytes> old;
  std::size_t looked_at = 0;
  // Keys are in the order in which the messages were made (MessageId), so the walk ends soon.
  each_key(txn, Table::trace, {}, [&](ByteView key) {
    if (old.size() == limit || ++looked_at > kTracedAtOnce) return false;
    if (key.size() < MessageId::kSize + 8) return true;
    const auto id = MessageId::from_bytes(key.first(MessageId::kSize));
    if (id->made() >= before) return false;
    if (read_time(key.subspan(MessageId::kSize)) < before) old.emplace_back(key.begin(), key.end());
    return true;
  });
  for (const Bytes& key : old)
    txn.erase(Table::trace, key);
  return old.size();
}

std::size_t purge_trace_index(WriteTransaction& txn, std::size_t limit) {
  const std::vector<Bytes> keys = keys_of(txn, Table::trace_addresses, {}, limit);
  for (const Bytes& key : keys)
    txn.erase(Table::trace_addresses, key);
  return keys.size();
}

}  // namespace culvert::store
