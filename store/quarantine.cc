#include "store/quarantine.h"

#include "store/message_codec.h"
#include "store/meta.h"
#include "store/queue_codec.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of QuarantineItem. Frozen.
enum : std::uint32_t {
  kMessage = 1,
  kRecipient = 2,
  kSince = 3,
  kReasonCode = 4,
  kReasonText = 5,
  kPeer = 6,
  kRouteDomain = 7,
};

Error bad_message(std::string why) {
  return internal_error("bad-message", "an internal error", std::move(why));
}

std::string counter_name(const std::optional<Fingerprint>& peer) {
  return "quarantine/" + (peer ? peer->hex() : std::string());
}

void count_bytes(WriteTransaction& txn, const QuarantineItem& item, std::int64_t by) {
  const std::string name = counter_name(item.peer);
  write_number(txn, name, std::max<std::int64_t>(read_number(txn, name) + by, 0));
}

void put_item(WriteTransaction& txn, const QuarantineItem& item) {
  txn.put(Table::quarantine, item.message.id.view(), encode(item));
  count_bytes(txn, item, static_cast<std::int64_t>(item.message.size_bytes));
}

void erase_item(WriteTransaction& txn, const QuarantineItem& item) {
  txn.erase(Table::quarantine, item.message.id.view());
  count_bytes(txn, item, -static_cast<std::int64_t>(item.message.size_bytes));
}

}  // namespace

Bytes encode(const QuarantineItem& item) {
  RecordWriter out;
  out.bytes(kMessage, encode(item.message));
  for (const QueueRecipient& recipient : item.recipients)
    out.item(kRecipient, encode(recipient));
  out.time(kSince, item.since).text(kReasonCode, item.reason_code);
  out.text(kReasonText, item.reason_text);
  if (item.peer) out.bytes(kPeer, item.peer->view());
  return out.text(kRouteDomain, item.route_domain).take();
}

Result<QuarantineItem> decode_quarantine_item(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return std::move(in).error();
  auto message = decode_message(in->bytes(kMessage));
  if (!message) return std::move(message).error();
  QuarantineItem item;
  item.message = std::move(message).value();
  item.recipients = read_recipients(*in, kRecipient);
  item.since = in->time_or_zero(kSince);
  item.reason_code = in->text(kReasonCode);
  item.reason_text = in->text(kReasonText);
  if (!in->bytes(kPeer).empty()) item.peer = in->fingerprint(kPeer);
  item.route_domain = in->text(kRouteDomain);
  if (Status ok = in->status(); !ok) return std::move(ok).error();
  return item;
}

Result<bool> quarantine_entry(WriteTransaction& txn, const EntryId& id, QuarantineItem item) {
  const auto entry = find_entry(txn, id);
  const auto message = find_message(txn, id.message);
  if (!entry || !message) return false;
  if (keys_of(txn, Table::queue, id.message.view(), 2).size() != 1) {
    return bad_message("a message with other entries");
  }
  item.message = *message;
  erase_entry(txn, *entry);
  txn.erase(Table::messages, id.message.view());
  put_item(txn, item);
  return true;
}

Status put_quarantine(WriteTransaction& txn, const QuarantineItem& item, const StagedBody& body) {
  if (item.message.body != body.ref() || item.message.body.id != item.message.id) {
    return bad_message("an item with another's body");
  }
  if (Status room = txn.require_room(); !room) return room;
  keep_body(txn, body);
  put_item(txn, item);
  return done();
}

std::optional<QuarantineItem> find_quarantine(const ReadTransaction& txn, const MessageId& id) {
  return load<QuarantineItem>(txn, Table::quarantine, id.view(), decode_quarantine_item);
}

Result<bool> requeue_quarantine(WriteTransaction& txn, const MessageId& id,
                                const std::vector<QueueEntry>& entries) {
  if (Status good = check_entries(id, entries); !good) return std::move(good).error();
  const auto item = find_quarantine(txn, id);
  if (!item) return false;
  erase_item(txn, *item);
  txn.put(Table::messages, id.view(), encode(item->message));
  for (const QueueEntry& entry : entries)
    put_entry(txn, entry);
  return true;
}

bool drop_quarantine(WriteTransaction& txn, const MessageId& id) {
  const auto item = find_quarantine(txn, id);
  if (!item) return false;
  erase_item(txn, *item);
  remove_body(txn, item->message.body);
  return true;
}

QuarantinePage list_quarantine(const ReadTransaction& txn, const std::optional<MessageId>& from,
                               std::size_t limit) {
  QuarantinePage page;
  const ByteView start = from ? from->view() : ByteView{};
  each(txn, Table::quarantine, {}, start, [&](ByteView key, ByteView record) {
    if (page.items.size() == limit) {
      page.next = MessageId::from_bytes(key);
      return false;
    }
    auto item = decode_quarantine_item(record);
    if (item) {
      page.items.push_back(std::move(item).value());
    } else {
      log_error("store: a damaged record in quarantine: {}", to_hex(key));
    }
    return true;
  });
  return page;
}

std::uint64_t quarantine_bytes(const ReadTransaction& txn, const std::optional<Fingerprint>& peer) {
  return static_cast<std::uint64_t>(read_number(txn, counter_name(peer)));
}

}  // namespace culvert::store
