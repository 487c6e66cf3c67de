#include "store/version_1.h"

#include "store/clock_jumps.h"
#include "store/invitations.h"
#include "store/keyring.h"
#include "store/meta.h"
#include "store/peers.h"
#include "store/quarantine.h"
#include "store/queue_codec.h"
#include "store/routes.h"
#include "store/rules.h"
#include "store/seen.h"
#include "store/sent.h"
#include "store/table.h"
#include "store/trace.h"

namespace culvert::store {

namespace {

constexpr std::size_t kTimeOctets = 8;

Error damaged() { return internal_error("damaged-record", "it is not what such a record holds"); }

Status good(bool is) { return is ? done() : Status(damaged()); }

template <typename T>
Status readable(const Result<T>& decoded) {
  return decoded ? done() : Status(decoded.error());
}

// Copies the record as it is, if it is good.
Status keep(WriteTransaction& to, Table table, ByteView key, ByteView value,
            const Status& is_good) {
  if (is_good) to.put(table, key, value);
  return is_good;
}

Status check_meta_record(std::string_view name, ByteView value) {
  if (name == "clock") return readable(decode_clock_record(value));
  if (name == "own-card") return readable(decode_own_card(value));
  return good(value.size() == 8);
}

// True for a key that begins with a fingerprint and goes on with something.
bool has_pair_key(ByteView key) { return key.size() > Fingerprint::kSize; }

std::optional<Fingerprint> fingerprint_of(ByteView octets) {
  std::array<std::uint8_t, Fingerprint::kSize> out{};
  if (octets.size() < out.size()) return std::nullopt;
  std::copy_n(octets.begin(), out.size(), out.begin());
  return Fingerprint(out);
}

Status convert_meta(WriteTransaction& to, ByteView key, ByteView value) {
  const std::string_view name = as_text(key);
  if (name == kSchemaName || name == "key-check") return done();  // the new store has its own
  return keep(to, Table::meta, key, value, check_meta_record(name, value));
}

Status convert_queue(WriteTransaction& to, ByteView key, ByteView value) {
  const auto entry = decode_queue_entry(value);
  if (!entry) return entry.error();
  if (as_text(key) != as_text(entry_key(entry->id))) return damaged();
  put_entry(to, *entry);
  return done();
}

Status convert_seen(WriteTransaction& to, ByteView key, ByteView value) {
  constexpr std::size_t kFront = Fingerprint::kSize + MessageId::kSize;
  if (key.size() <= kFront || value.size() != kTimeOctets) return damaged();
  const auto id = MessageId::from_bytes(key.subspan(Fingerprint::kSize, MessageId::kSize));
  note_seen(to, *fingerprint_of(key), *id, as_text(key.subspan(kFront)), read_time(value));
  return done();
}

Status convert_trace_times(WriteTransaction& to, ByteView key, ByteView value) {
  const auto addresses = decode_trace_addresses(value);
  if (!addresses) return addresses.error();
  if (key.size() != kTimeOctets + MessageId::kSize) return damaged();
  note_traced(to, *MessageId::from_bytes(key.subspan(kTimeOctets)), read_time(key), *addresses);
  return done();
}

Status convert_peer(WriteTransaction& to, ByteView key, ByteView value) {
  const auto peer = decode_peer(value);
  if (!peer) return peer.error();
  // Under the key of another peer it would be used as that peer.
  if (!(fingerprint_of(key) == peer->fingerprint)) return damaged();
  to.put(Table::peers, key, value);
  return done();
}

Status convert_route(WriteTransaction& to, ByteView key, ByteView value) {
  const auto route = decode_route(value);
  if (!route) return route.error();
  const Bytes expected =
      KeyWriter().text_nul(route->domain.text()).bytes(route->peer.view()).take();
  if (as_text(key) != as_text(expected)) return damaged();
  put_route(to, *route);
  return done();
}

Status convert_rule(WriteTransaction& to, ByteView key, ByteView value) {
  const std::string_view text = as_text(key);
  const std::size_t nul = text.find('\0');
  if (nul == std::string_view::npos || nul == 0 || nul + 1 == text.size() ||
      text.size() > kMaxRuleNameBytes) {
    return damaged();
  }
  put_rule(to,
           {std::string(text.substr(0, nul)), std::string(text.substr(nul + 1)), to_text(value)});
  return done();
}

Status check_message(ByteView key, ByteView value) {
  const auto message = decode_message(value);
  if (!message) return message.error();
  return good(MessageId::from_bytes(key) == message->id);
}

Status check_quarantine_item(ByteView key, ByteView value) {
  const auto item = decode_quarantine_item(value);
  if (!item) return item.error();
  return good(MessageId::from_bytes(key) == item->message.id);
}

Status check_secret(const crypto::SealingKey& secrets_key, ByteView key, ByteView value) {
  return readable(crypto::open_sealed(secrets_key, value, key));
}

}  // namespace

bool is_made_anew(Table table) {
  return table == Table::due || table == Table::seen_by_time || table == Table::trace_addresses ||
         table == Table::peer_routes;
}

bool was_in_version_1(Table table) { return table <= Table::sent_by_time; }

bool is_key_of_version_1(const crypto::SealingKey& secrets_key, ByteView key_check) {
  return crypto::open_sealed(secrets_key, key_check, as_bytes("key-check")).ok();
}

Status convert_record(WriteTransaction& to, Table table, ByteView key, ByteView value) {
  switch (table) {
    case Table::meta:
      return convert_meta(to, key, value);
    case Table::messages:
      return keep(to, table, key, value, check_message(key, value));
    case Table::queue:
      return convert_queue(to, key, value);
    case Table::bodies:
      return keep(to, table, key, value, good(key.size() == MessageId::kSize));
    case Table::seen:
      return convert_seen(to, key, value);
    case Table::quarantine:
      return keep(to, table, key, value, check_quarantine_item(key, value));
    case Table::trace:
      return keep(to, table, key, value, readable(decode_trace_event(value)));
    case Table::trace_times:
      return convert_trace_times(to, key, value);
    case Table::peers:
      return convert_peer(to, key, value);
    case Table::routes:
      return convert_route(to, key, value);
    case Table::proofs:
      return keep(to, table, key, value, readable(decode_proof(value, to.secrets_key())));
    case Table::invitations:
      return keep(to, table, key, value, readable(decode_invitation(value, to.secrets_key())));
    case Table::tombstones:
      return keep(to, table, key, value, good(key.size() == Fingerprint::kSize));
    case Table::incarnations:
    case Table::revoked:
      return keep(to, table, key, value, good(has_pair_key(key) && value.size() == kTimeOctets));
    case Table::answered:
      return keep(to, table, key, value, readable(decode_answered(value)));
    case Table::answered_times:
      return keep(to, table, key, value, good(key.size() > kTimeOctets));
    case Table::secrets:
      return keep(to, table, key, value, check_secret(to.secrets_key(), key, value));
    case Table::certificates:
      return keep(to, table, key, value, readable(decode_stored_certificate(value)));
    case Table::rules:
      return convert_rule(to, key, value);
    case Table::sent:
      return keep(to, table, key, value, readable(decode_sent_mail(value)));
    case Table::sent_by_time:
      return keep(to, table, key, value, good(key.size() > kTimeOctets));
    case Table::due:
    case Table::seen_by_time:
    case Table::trace_addresses:
    case Table::peer_routes:
      return done();  // made anew, or not needed
    case Table::quarantine_shares:
    case Table::quarantine_copies:
    case Table::peer_networks:
    case Table::sealed_mails:
    case Table::trouble:
    case Table::commands:
    case Table::damaged:
    case Table::acceptances:
      return damaged();  // not in version 1
  }
  return damaged();
}

}  // namespace culvert::store
