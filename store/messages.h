// A message that this node has accepted: who sent it and how, and where its octets are. Its
// recipients are in its queue entries (queue.h). Values; no mail format here.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>

#include "crypto/base/clock.h"
#include "crypto/base/envelope.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// 16 octets, shown as 32 hexadecimal digits; also the Culvert-Id of the seal. The first five are
// the time in seconds, so that new records lie side by side; the other eleven are random.
class MessageId {
 public:
  static constexpr std::size_t kSize = 16;
  MessageId() = default;
  static MessageId make(Time now);
  // The smallest id that can be made in that second.
  static MessageId first_of(Time second);
  // Exactly 16 octets, or nothing.
  static std::optional<MessageId> from_bytes(ByteView octets);
  // Exactly 32 lower-case hexadecimal digits, or nothing.
  static std::optional<MessageId> parse(std::string_view digits);

  ByteView view() const { return octets_; }
  std::string hex() const { return to_hex(octets_); }
  // When it was made, whole seconds.
  Time made() const;
  auto operator<=>(const MessageId&) const = default;

 private:
  std::array<std::uint8_t, kSize> octets_{};
};

// Where a body is. It has the id of the message, or quarantine item, that owns it.
struct BodyRef {
  MessageId id{};
  std::uint64_t size_bytes = 0;
  enum class Place : std::uint8_t { database, file } place = Place::database;
  Bytes sealed_key{};
  bool operator==(const BodyRef&) const = default;
};

enum class Listener : std::uint8_t { inside, outside, own };  // own: made by this node (DSN, proof)

// Whose words a message is. This decides what its seal says (protocol.md, "The tunnel form"), and
// whether a report about it may quote it. Set when the message is accepted. Numbers are frozen.
enum class Origin : std::uint8_t {
  unset = 0,   // from an older program: counts as `passed`
  inside = 1,  // our own people's; for opened mail: the peer's own, as its seal says
  passed = 2,  // somebody else's, taken in from outside or opened, now or before
  node = 3,    // this node's
};

// What the seal of opened mail said (protocol.md, "Received").
struct OpenedContext {
  Fingerprint peer{};
  ReversePath sealed_sender{};
  std::string carrier{};  // the outer MAIL FROM: where a DSN goes if not to the sealed sender
  bool operator==(const OpenedContext&) const = default;
};

struct Message {
  MessageId id{};
  Time received{};
  Listener listener = Listener::inside;
  std::string client{};           // "name [address]", for trace and Received
  std::uint16_t client_port = 0;  // 0: not known (from an older program)
  bool client_extended = false;   // the client said EHLO
  ReversePath sender{};
  BodyKind body_kind = BodyKind::seven_bit;
  bool smtputf8 = false;  // its header needs it (RFC 6531, 3.4); addresses speak for themselves
  Ret ret = Ret::unset;
  std::string envid{};  // xtext as received, may be empty
  std::uint64_t size_bytes = 0;
  BodyRef body{};
  // Header fields that this node wrote, as whole lines with CRLF. They go on top of the body
  // wherever it is handed on. At most a few KiB.
  std::string added_header{};
  std::string from_domain{};  // of the one From address; empty if there is none or more than one
  // As in its header (crypto/mime/message_id.h), for log and trace; may be empty. Anybody can write
  // it, so nothing is decided by it.
  std::string message_id{};
  std::optional<OpenedContext> opened{};
  Origin origin = Origin::unset;
  // It came with a field (Culvert-For) in which a node says that it sealed the mail for a domain of
  // ours.
  bool sealed_for_us = false;
  bool operator==(const Message&) const = default;
};

Bytes encode(const Message& message);
// internal `damaged-record`.
Result<Message> decode_message(ByteView record);

// The message, or nothing.
std::optional<Message> find_message(const ReadTransaction& txn, const MessageId& id);

}  // namespace culvert::store
