// A message that this node has taken over: who sent it how, and where its octets are. Whom it goes
// to stands in its queue entries (queue.h). Values; no mail format here.
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
// the time in seconds, so that new records lie side by side; eleven are random.
class MessageId {
 public:
  static constexpr std::size_t kSize = 16;
  MessageId() = default;
  static MessageId make(Time now);
  // Of all that may be made in that second, the first in order.
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

// Whose words a message is: what its seal will say (protocol.md, "The tunnel form"), and whether a
// report about it may quote it. Decided when it is taken over. Numbers are frozen.
enum class Origin : std::uint8_t {
  unset = 0,   // stored before this was kept: counts as `passed`
  inside = 1,  // our own people's; of opened mail: the peer's own, as its seal says
  passed = 2,  // somebody else's, taken in from outside or opened, now or before
  node = 3,    // this node's
};

// What the seal told, of mail that was opened (protocol.md, "Received").
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
  std::uint16_t client_port = 0;  // 0: not known (stored before this was kept)
  bool client_extended = false;   // it said EHLO
  ReversePath sender{};
  BodyKind body_kind = BodyKind::seven_bit;
  bool smtputf8 = false;  // its header needs it (RFC 6531, 3.4); addresses speak for themselves
  Ret ret = Ret::unset;
  std::string envid{};  // xtext as received, may be empty
  std::uint64_t size_bytes = 0;
  BodyRef body{};
  // Fields that this node wrote, whole lines with CRLF: they go on top of the body wherever it is
  // handed on. At most a few KiB.
  std::string added_header{};
  std::string from_domain{};  // of the one From address; empty if there is none or more than one
  // As its header has it (crypto/mime/message_id.h), for log and trace; may be empty. Anybody's
  // words: nothing is decided by it.
  std::string message_id{};
  std::optional<OpenedContext> opened{};
  Origin origin = Origin::unset;
  // It came with a field in which a node says that it sealed it for a domain of ours (Culvert-For).
  bool sealed_for_us = false;
  bool operator==(const Message&) const = default;
};

Bytes encode(const Message& message);
// internal `damaged-record`.
Result<Message> decode_message(ByteView record);

// The message, or nothing.
std::optional<Message> find_message(const ReadTransaction& txn, const MessageId& id);

}  // namespace culvert::store
