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

// An index that earlier programs kept.
Bytes address_key(const ReadTransaction& txn, std::string_view address, Time time,
                  const MessageId& id) {
  return KeyWriter()
      .bytes(txn.index(Table::trace_addresses, address))
      .time(time)
      .bytes(id.view())
      .take();
}

bool is_traced_under(ByteView record, ByteView lookup_key) {
  const auto in = RecordReader::parse(record);
  if (!in) return false;
  const auto addresses = in->all(kAddress);
  return std::any_of(addresses.begin(), addresses.end(), [lookup_key](ByteView address) {
    return as_text(address) == as_text(lookup_key);
  });
}

// Forgets one message: `key` and `addresses` are its record in `trace_times`.
void forget(WriteTransaction& txn, const Bytes& key, const std::vector<std::string>& addresses) {
  const Time time = read_time(key);
  const auto id = MessageId::from_bytes(ByteView(key).subspan(8));
  if (id) {
    if (txn.count(Table::trace_addresses) > 0) {
      for (const std::string& address : addresses)
        txn.erase(Table::trace_addresses, address_key(txn, address, time, *id));
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

void begin_trace(RecordSink& out, const MessageId& id, const TraceEvent& event,
                 const std::vector<Mailbox>& addresses) {
  std::vector<std::string> texts;
  for (const Mailbox& mailbox : addresses)
    texts.push_back(mailbox.lookup_key());
  note_traced(out, id, event.time, texts);
  add_trace(out, id, event);
}

void note_traced(RecordSink& out, const MessageId& id, Time first,
                 const std::vector<std::string>& addresses) {
  RecordWriter list;
  for (const std::string& address : addresses)
    list.item(kAddress, address);
  out.put(Table::trace_times, KeyWriter().time(first).bytes(id.view()).take(), list.take());
}

Result<std::vector<std::string>> decode_trace_addresses(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return std::move(in).error();
  return in->all_texts(kAddress);
}

void add_trace(RecordSink& out, const MessageId& id, const TraceEvent& event) {
  const Bytes key = KeyWriter().bytes(id.view()).time(event.time).number64(write_order()).take();
  out.put(Table::trace, key, encode(event));
}

std::vector<TraceEvent> find_trace(const ReadTransaction& txn, const MessageId& id) {
  return load_all<TraceEvent>(txn, Table::trace, id.view(), decode_trace_event);
}

TracedPage find_traced(const ReadTransaction& txn, const Mailbox& address,
                       const std::optional<Bytes>& before, std::size_t limit) {
  const std::string wanted = address.lookup_key();
  TracedPage page;
  std::size_t looked_at = 0;
  Cursor at = txn.scan_back(Table::trace_times, before.value_or(Bytes{}));
  for (; !at.at_end(); at.previous()) {
    const ByteView key = at.key();
    const auto id = MessageId::from_bytes(key.last(std::min(key.size(), MessageId::kSize)));
    const auto record = at.value();
    if (id && record && is_traced_under(*record, as_bytes(wanted))) page.ids.push_back(*id);
    if (page.ids.size() == limit || ++looked_at == kTracedAtOnce) {
      page.next.emplace(key.begin(), key.end());
      break;
    }
  }
  return page;
}

std::size_t purge_trace(WriteTransaction& txn, Time before, std::size_t limit) {
  std::vector<std::pair<Bytes, std::vector<std::string>>> old;
  for (Cursor at = txn.scan(Table::trace_times); !at.at_end(); at.next()) {
    const ByteView key = at.key();
    if (old.size() == limit || key.size() < 8 || read_time(key) >= before) break;
    // A broken one goes like the others.
    const auto record = at.value();
    auto addresses = decode_trace_addresses(record.value_or(ByteView{}));
    old.emplace_back(Bytes(key.begin(), key.end()),
                     addresses ? std::move(addresses).value() : std::vector<std::string>{});
  }
  for (const auto& [key, addresses] : old)
    forget(txn, key, addresses);
  return old.size();
}

}  // namespace culvert::store
