#include "store/messages.h"

#include <algorithm>

#include "crypto/keys/random.h"
#include "store/message_codec.h"
#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

constexpr std::size_t kTimeOctets = 5;

// Fields of Message. Frozen.
enum : std::uint32_t {
  kId = 1,
  kReceived = 2,
  kListener = 3,
  kClient = 4,
  kSender = 5,
  kBodyKind = 6,
  kSmtpUtf8 = 7,
  kRet = 8,
  kEnvid = 9,
  kSize = 10,
  kBody = 11,
  kFromDomain = 12,
  kOpened = 13,
  kAddedHeader = 14,
  // 15 to 29 are kept for others.
  kOrigin = 30,
  kClientPort = 31,
  kClientExtended = 32,
  // 33 to 59 are kept for others.
  kMessageIdField = 60,
  kSealedForUs = 61,
};
// Fields of BodyRef. Frozen.
enum : std::uint32_t { kBodyId = 1, kBodySize = 2, kBodyPlace = 3, kBodyKey = 4 };
// Fields of OpenedContext. Frozen.
enum : std::uint32_t { kPeer = 1, kSealedSender = 2, kCarrier = 3 };

Bytes encode_body(const BodyRef& body) {
  return RecordWriter()
      .bytes(kBodyId, body.id.view())
      .integer(kBodySize, static_cast<std::int64_t>(body.size_bytes))
      .integer(kBodyPlace, static_cast<std::int64_t>(body.place))
      .bytes(kBodyKey, body.sealed_key)
      .take();
}

Bytes encode_opened(const OpenedContext& opened) {
  RecordWriter out;
  out.bytes(kPeer, opened.peer.view());
  if (opened.sealed_sender) out.text(kSealedSender, opened.sealed_sender->text());
  return out.text(kCarrier, opened.carrier).take();
}

Result<OpenedContext> decode_opened(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  OpenedContext opened{in->fingerprint(kPeer), in->path(kSealedSender), in->text(kCarrier)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return opened;
}

}  // namespace

MessageId MessageId::first_of(Time second) {
  MessageId id;
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(to_unix(second), 0));
  for (std::size_t i = 0; i < kTimeOctets; ++i) {
    id.octets_[i] = static_cast<std::uint8_t>(seconds >> (8 * (kTimeOctets - 1 - i)));
  }
  return id;
}

MessageId MessageId::make(Time now) {
  MessageId id = first_of(now);
  crypto::fill_random(MutableBytes(id.octets_).subspan(kTimeOctets));
  return id;
}

Time MessageId::made() const {
  std::int64_t seconds = 0;
  for (std::size_t i = 0; i < kTimeOctets; ++i)
    seconds = seconds << 8 | octets_[i];
  return from_unix(seconds);
}

std::optional<MessageId> MessageId::from_bytes(ByteView octets) {
  if (octets.size() != kSize) return std::nullopt;
  MessageId id;
  std::copy(octets.begin(), octets.end(), id.octets_.begin());
  return id;
}

std::optional<MessageId> MessageId::parse(std::string_view digits) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (digits.size() != 2 * kSize || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  return from_bytes(from_hex(digits).value());
}

MessageId read_message_id(RecordReader& in, std::uint32_t number) {
  const auto id = MessageId::from_bytes(in.bytes(number));
  if (!id) in.set_bad();
  return id.value_or(MessageId{});
}

Result<BodyRef> decode_body_ref(ByteView message_record) {
  auto outer = RecordReader::parse(message_record);
  if (!outer) return outer.error();
  auto in = RecordReader::parse(outer->bytes(kBody));
  if (!in) return in.error();
  BodyRef body;
  body.id = read_message_id(*in, kBodyId);
  body.size_bytes = in->count(kBodySize);
  body.place = in->choice(kBodyPlace, BodyRef::Place::file);
  const ByteView key = in->bytes(kBodyKey);
  body.sealed_key.assign(key.begin(), key.end());
  if (const Status ok = in->status(); !ok) return ok.error();
  return body;
}

Bytes encode(const Message& message) {
  RecordWriter out;
  out.bytes(kId, message.id.view())
      .time(kReceived, message.received)
      .integer(kListener, static_cast<std::int64_t>(message.listener))
      .text(kClient, message.client);
  if (message.sender) out.text(kSender, message.sender->text());
  out.integer(kBodyKind, static_cast<std::int64_t>(message.body_kind))
      .flag(kSmtpUtf8, message.smtputf8)
      .integer(kRet, static_cast<std::int64_t>(message.ret))
      .text(kEnvid, message.envid)
      .integer(kSize, static_cast<std::int64_t>(message.size_bytes))
      .bytes(kBody, encode_body(message.body))
      .text(kFromDomain, message.from_domain)
      .text(kAddedHeader, message.added_header)
      .text(kMessageIdField, message.message_id)
      .integer(kOrigin, static_cast<std::int64_t>(message.origin))
      .flag(kSealedForUs, message.sealed_for_us)
      .integer(kClientPort, message.client_port)
      .flag(kClientExtended, message.client_extended);
  if (message.opened) out.bytes(kOpened, encode_opened(*message.opened));
  return out.take();
}

Result<Message> decode_message(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  auto body = decode_body_ref(record);
  if (!body) return body.error();
  Message message;
  message.body = std::move(body).value();
  message.id = read_message_id(*in, kId);
  message.received = in->time_or_zero(kReceived);
  message.listener = in->choice(kListener, Listener::own);
  message.client = in->text(kClient);
  message.client_port = in->choice(kClientPort, std::uint16_t{UINT16_MAX});
  message.client_extended = in->flag(kClientExtended);
  message.sender = in->path(kSender);
  message.body_kind = in->choice(kBodyKind, BodyKind::eight_bit_mime);
  message.smtputf8 = in->flag(kSmtpUtf8);
  message.ret = in->choice(kRet, Ret::hdrs);
  message.envid = in->text(kEnvid);
  message.size_bytes = in->count(kSize);
  message.from_domain = in->text(kFromDomain);
  message.added_header = in->text(kAddedHeader);
  message.message_id = in->text(kMessageIdField);
  message.origin = in->choice(kOrigin, Origin::node);
  message.sealed_for_us = in->flag(kSealedForUs);
  if (const ByteView opened_record = in->bytes(kOpened); !opened_record.empty()) {
    auto opened = decode_opened(opened_record);
    if (!opened) return opened.error();
    message.opened = std::move(opened).value();
  }
  if (const Status ok = in->status(); !ok) return ok.error();
  return message;
}

std::optional<Message> find_message(const ReadTransaction& txn, const MessageId& id) {
  return load<Message>(txn, Table::messages, id.view(), decode_message);
}

}  // namespace culvert::store
