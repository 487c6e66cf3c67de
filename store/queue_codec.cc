#include "store/queue_codec.h"

#include <algorithm>
#include <charconv>

#include "store/keys.h"
#include "store/message_codec.h"
#include "store/table.h"

namespace culvert::store {

namespace {

constexpr std::size_t kMaxDestinationOctets = 255;
constexpr std::size_t kEntryKeyOctets = MessageId::kSize + 2;

// Fields of QueueEntry. Frozen.
enum : std::uint32_t {
  kMessage = 1,
  kNumber = 2,
  kPath = 3,
  kDestination = 4,
  kRecipient = 5,
  kState = 6,
  kAttempts = 7,
  kCreated = 8,
  kNextAttempt = 9,
  kExpires = 10,
  kReason = 11,
  // 12 was never in use.
  kDelayReported = 13,
  kPeer = 14,
};
// Fields of Recipient. Frozen.
enum : std::uint32_t { kMailbox = 1, kNotify = 2, kOrcpt = 3 };

Error bad_message(std::string why) {
  return internal_error("bad-message", "an internal error", std::move(why));
}

}  // namespace

std::string EntryId::text() const { return message.hex() + "." + std::to_string(number); }

std::optional<EntryId> EntryId::parse(std::string_view text) {
  constexpr std::size_t digits = 2 * MessageId::kSize;
  if (text.size() < digits + 2 || text[digits] != '.') return std::nullopt;
  const auto message = MessageId::parse(text.substr(0, digits));
  if (!message) return std::nullopt;
  EntryId id{*message, 0};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + digits + 1, end, id.number);
  // One form only: no leading zeros.
  if (error != std::errc{} || stop != end || id.text() != text) return std::nullopt;
  return id;
}

Bytes encode(const Recipient& recipient) {
  return RecordWriter()
      .text(kMailbox, recipient.mailbox.text())
      .text(kNotify, recipient.notify.text())
      .text(kOrcpt, recipient.orcpt)
      .take();
}

std::vector<Recipient> read_recipients(RecordReader& in, std::uint32_t number) {
  std::vector<Recipient> recipients;
  for (const ByteView record : in.all(number)) {
    auto fields = RecordReader::parse(record);
    if (!fields) {
      in.set_bad();
      continue;
    }
    auto mailbox = Mailbox::parse(as_text(fields->bytes(kMailbox)));
    if (!mailbox) {
      in.set_bad();
      continue;
    }
    const auto notify = Notify::from_text(fields->text(kNotify));
    if (!notify) {
      in.set_bad();
      continue;
    }
    recipients.push_back({std::move(mailbox).value(), *notify, fields->text(kOrcpt)});
  }
  return recipients;
}

Bytes encode(const QueueEntry& entry) {
  RecordWriter out;
  out.bytes(kMessage, entry.id.message.view())
      .integer(kNumber, entry.id.number)
      .integer(kPath, static_cast<std::int64_t>(entry.path))
      .text(kDestination, entry.destination);
  for (const Recipient& recipient : entry.recipients)
    out.item(kRecipient, encode(recipient));
  if (entry.peer) out.bytes(kPeer, entry.peer->view());
  return out.integer(kState, static_cast<std::int64_t>(entry.state))
      .integer(kAttempts, entry.attempts)
      .time(kCreated, entry.created)
      .time(kNextAttempt, entry.next_attempt)
      .time(kExpires, entry.expires)
      .text(kReason, entry.reason)
      .time(kDelayReported, entry.delay_reported)
      .take();
}

Result<QueueEntry> decode_queue_entry(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  QueueEntry entry;
  entry.id.message = read_message_id(*in, kMessage);
  entry.id.number = in->choice(kNumber, std::uint16_t{UINT16_MAX});
  // Any number: an entry on a path of another version is held (entries_on_unknown_paths), not lost.
  entry.path = static_cast<DeliveryPath>(in->choice(kPath, std::uint8_t{UINT8_MAX}));
  entry.destination = in->text(kDestination);
  entry.recipients = read_recipients(*in, kRecipient);
  entry.state = in->choice(kState, EntryState::held);
  entry.attempts = in->choice(kAttempts, std::uint32_t{UINT32_MAX});
  entry.created = in->time_or_zero(kCreated);
  entry.next_attempt = in->time_or_zero(kNextAttempt);
  entry.expires = in->time_or_zero(kExpires);
  entry.reason = in->text(kReason);
  entry.delay_reported = in->time(kDelayReported);
  if (!in->bytes(kPeer).empty()) entry.peer = in->fingerprint(kPeer);
  if (const Status ok = in->status(); !ok) return ok.error();
  return entry;
}

Bytes entry_key(const EntryId& id) {
  return KeyWriter().bytes(id.message.view()).number16(id.number).take();
}

std::optional<EntryId> read_entry_key(ByteView key) {
  if (key.size() < kEntryKeyOctets) return std::nullopt;
  const ByteView tail = key.last(kEntryKeyOctets);
  return EntryId{*MessageId::from_bytes(tail.first(MessageId::kSize)),
                 static_cast<std::uint16_t>(read_big_endian(tail.subspan(MessageId::kSize)))};
}

Bytes due_prefix(const RecordSeal& seal, DeliveryPath path, std::string_view destination) {
  return KeyWriter()
      .octet(static_cast<std::uint8_t>(path))
      .bytes(seal.index(Table::due, destination))
      .take();
}

Bytes due_key(const RecordSeal& seal, const QueueEntry& entry) {
  return KeyWriter()
      .bytes(due_prefix(seal, entry.path, entry.destination))
      .time(entry.next_attempt)
      .bytes(entry_key(entry.id))
      .take();
}

Status check_entries(const MessageId& message, const std::vector<QueueEntry>& entries) {
  if (entries.empty()) return bad_message("a message without queue entries");
  std::vector<std::uint16_t> numbers;
  for (const QueueEntry& entry : entries) {
    if (entry.id.message != message) return bad_message("an entry of another message");
    if (entry.recipients.empty()) return bad_message("an entry without recipients");
    if (entry.destination.size() > kMaxDestinationOctets ||
        entry.destination.find('\0') != std::string::npos) {
      return bad_message("a destination that is no domain");
    }
    numbers.push_back(entry.id.number);
  }
  std::sort(numbers.begin(), numbers.end());
  if (std::adjacent_find(numbers.begin(), numbers.end()) != numbers.end()) {
    return bad_message("two entries of one number");
  }
  return done();
}

void put_entry(RecordSink& out, const QueueEntry& entry) {
  out.put(Table::queue, entry_key(entry.id), encode(entry));
  if (entry.state == EntryState::held) return;
  out.put(Table::due, due_key(out.seal(), entry), as_bytes(entry.destination));
}

void erase_entry(WriteTransaction& txn, const QueueEntry& entry) {
  txn.erase(Table::queue, entry_key(entry.id));
  if (entry.state != EntryState::held) txn.erase(Table::due, due_key(txn.seal(), entry));
}

bool has_entries(const ReadTransaction& txn, const MessageId& message) {
  const Cursor at = txn.scan(Table::queue, message.view());
  return !at.at_end() && starts_with(at.key(), message.view());
}

}  // namespace culvert::store
