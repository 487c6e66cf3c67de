#include "store/quarantine.h"

#include "store/message_codec.h"
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
  kShare = 8,
  kCopyKey = 9,
  kRememberedUntil = 10,
  kOpens = 11,
  kTrouble = 12,
};
// Fields of a record of quarantine_copies. Frozen.
enum : std::uint32_t { kCopyOf = 1, kCopyUntil = 2 };

Error bad_message(std::string why) {
  return internal_error("bad-message", "an internal error", std::move(why));
}

struct HeldCopy {
  MessageId id{};
  std::optional<Time> until{};  // nothing: as long as the item is there
};

Bytes encode_copy(const HeldCopy& copy) {
  RecordWriter out;
  return out.bytes(kCopyOf, copy.id.view()).time(kCopyUntil, copy.until).take();
}

Result<HeldCopy> decode_copy(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  HeldCopy copy{read_message_id(*in, kCopyOf), in->time(kCopyUntil)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return copy;
}

std::optional<HeldCopy> find_copy(const ReadTransaction& txn, ByteView copy_key) {
  if (copy_key.empty()) return std::nullopt;
  return load<HeldCopy>(txn, Table::quarantine_copies, copy_key, decode_copy);
}

void put_item(WriteTransaction& txn, const QuarantineItem& item) {
  txn.put(Table::quarantine, item.message.id.view(), encode(item));
  charge_share(txn, share_of(item), item.message.size_bytes);
  if (item.copy_key.empty()) return;
  txn.put(Table::quarantine_copies, item.copy_key,
          encode_copy({item.message.id, item.remembered_until}));
}

void erase_item(WriteTransaction& txn, const QuarantineItem& item) {
  txn.erase(Table::quarantine, item.message.id.view());
  credit_share(txn, share_of(item), item.message.size_bytes);
  const auto copy = find_copy(txn, item.copy_key);
  if (copy && copy->id == item.message.id && !copy->until) {
    txn.erase(Table::quarantine_copies, item.copy_key);
  }
}

}  // namespace

Bytes encode(const QuarantineItem& item) {
  RecordWriter out;
  out.bytes(kMessage, encode(item.message));
  for (const Recipient& recipient : item.recipients)
    out.item(kRecipient, encode(recipient));
  out.time(kSince, item.since).text(kReasonCode, item.reason_code);
  out.text(kReasonText, item.reason_text);
  if (item.peer) out.bytes(kPeer, item.peer->view());
  out.text(kRouteDomain, item.route_domain);
  if (item.share) out.bytes(kShare, encode(*item.share));
  out.bytes(kCopyKey, item.copy_key).time(kRememberedUntil, item.remembered_until);
  out.time(kOpens, item.opens);
  if (item.trouble) out.bytes(kTrouble, encode(*item.trouble));
  return out.take();
}

Result<QuarantineItem> decode_quarantine_item(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  auto message = decode_message(in->bytes(kMessage));
  if (!message) return message.error();
  QuarantineItem item;
  item.message = std::move(message).value();
  item.recipients = read_recipients(*in, kRecipient);
  item.since = in->time_or_zero(kSince);
  item.reason_code = in->text(kReasonCode);
  item.reason_text = in->text(kReasonText);
  if (!in->bytes(kPeer).empty()) item.peer = in->fingerprint(kPeer);
  item.route_domain = in->text(kRouteDomain);
  if (const ByteView share = in->bytes(kShare); !share.empty()) {
    auto decoded = decode_quarantine_share(share);
    if (!decoded) return decoded.error();
    item.share = *std::move(decoded);
  }
  const ByteView copy_key = in->bytes(kCopyKey);
  item.copy_key.assign(copy_key.begin(), copy_key.end());
  item.remembered_until = in->time(kRememberedUntil);
  item.opens = in->time(kOpens);
  if (const ByteView trouble = in->bytes(kTrouble); !trouble.empty()) {
    auto note = decode_trouble_note(trouble);
    if (!note) return note.error();
    item.trouble = *std::move(note);
  }
  if (const Status ok = in->status(); !ok) return ok.error();
  return item;
}

QuarantineShare share_of(const QuarantineItem& item) {
  if (item.share) return *item.share;
  if (item.peer) return {ShareKind::peer, item.peer, {}};
  return {ShareKind::stranger, std::nullopt, {}};
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
  if (const Status room = txn.require_room(); !room) return room.error();
  keep_body(txn, body);
  put_item(txn, item);
  return done();
}

std::optional<QuarantineItem> find_quarantine(const ReadTransaction& txn, const MessageId& id) {
  return load<QuarantineItem>(txn, Table::quarantine, id.view(), decode_quarantine_item);
}

Result<bool> requeue_quarantine(WriteTransaction& txn, const MessageId& id,
                                const std::vector<QueueEntry>& entries) {
  if (const Status good = check_entries(id, entries); !good) return good.error();
  const auto item = find_quarantine(txn, id);
  if (!item) return false;
  erase_item(txn, *item);
  if (item->trouble) unnote_held(txn, *item->trouble);
  txn.put(Table::messages, id.view(), encode(item->message));
  for (const QueueEntry& entry : entries)
    put_entry(txn, entry);
  return true;
}

bool drop_quarantine(WriteTransaction& txn, const MessageId& id) {
  const auto item = find_quarantine(txn, id);
  if (!item) {
    // The item is damaged: it is unknown where its body is, or whose share it was.
    if (!txn.erase(Table::quarantine, id.view())) return false;
    for (const auto place : {BodyRef::Place::database, BodyRef::Place::file})
      remove_body(txn, {.id = id, .place = place});
    return true;
  }
  erase_item(txn, *item);
  remove_body(txn, item->message.body);
  return true;
}

void trace_end_of_item(WriteTransaction& txn, const QuarantineItem& item, const TraceEvent& event,
                       std::optional<TroubleState> state) {
  if (item.trouble && state) note_trouble(txn, *item.trouble, *state, event.time);
  const MessageId& id = item.message.id;
  if (!find_trace(txn, id).empty()) return add_trace(txn, id, event);
  std::vector<Mailbox> addresses;
  if (item.message.sender) addresses.push_back(*item.message.sender);
  for (const Recipient& r : item.recipients)
    addresses.push_back(r.mailbox);
  begin_trace(txn, id, event, addresses);
}

QuarantinePage list_quarantine(const ReadTransaction& txn, const std::optional<MessageId>& from,
                               std::size_t limit, std::string_view reason) {
  QuarantinePage page;
  const ByteView start = from ? from->view() : ByteView{};
  each(txn, Table::quarantine, {}, start, [&](ByteView key, ByteView record) {
    if (page.items.size() == limit) {
      page.next = MessageId::from_bytes(key);
      return false;
    }
    auto item = decode_quarantine_item(record);
    if (item && !reason.empty() && item->reason_code != reason) return true;
    if (item) {
      page.items.push_back(std::move(item).value());
    } else {
      txn.damage().note(Table::quarantine, key);
    }
    return true;
  });
  return page;
}

std::uint64_t quarantine_length(const ReadTransaction& txn) { return txn.count(Table::quarantine); }

std::optional<MessageId> find_held_copy(const ReadTransaction& txn, ByteView copy_key) {
  const auto copy = find_copy(txn, copy_key);
  return copy ? std::optional(copy->id) : std::nullopt;
}

void remember_held_copy(WriteTransaction& txn, ByteView copy_key, const MessageId& id, Time until) {
  txn.put(Table::quarantine_copies, copy_key, encode_copy({id, until}));
}

std::optional<Bytes> purge_held_copies(WriteTransaction& txn, Time now, const Bytes& from,
                                       std::size_t limit) {
  std::vector<Bytes> old;
  std::optional<Bytes> next;
  std::size_t looked_at = 0;
  each(txn, Table::quarantine_copies, {}, from, [&](ByteView key, ByteView record) {
    if (looked_at++ == limit) {
      next.emplace(key.begin(), key.end());
      return false;
    }
    const auto copy = decode_copy(record);
    const bool forgotten = copy && copy->until && *copy->until < now;
    if (forgotten && !txn.has(Table::quarantine, copy->id.view())) {
      old.emplace_back(key.begin(), key.end());
    }
    return true;
  });
  for (const Bytes& key : old)
    txn.erase(Table::quarantine_copies, key);
  return next;
}

}  // namespace culvert::store
