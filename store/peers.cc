#include "store/peers.h"

#include <charconv>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of Peer. Frozen.
enum : std::uint32_t {
  kFingerprint = 1,
  kName = 2,
  kState = 3,
  kOrigin = 4,
  kSince = 5,
  kPaired = 6,
  kAddress = 7,
  kLastSeen = 8,
  kIdentity = 9,
  kCard = 10,
  kSerial = 11,
  kIncarnation = 12,
  kCardIssued = 13,
  kCardExpires = 14,
  kCardDigest = 15,
  kUrl = 16,
  kSigning = 17,
  kEncryption = 18,
  kLargestMessage = 19,
  kAllowed = 20,
  kNamed = 21,
  kOutboundHeld = 22,
  kIgnoredDomain = 23,
  kCardTried = 24,
  kCardSent = 25,
  kCardSentSerial = 26,
  kRefused = 27,
  // 28 to 39 are kept for others.
  kTunnelForm = 40,
  kEverListedForm2 = 41,
  kSeenFrom = 50,
  kCardTrouble = 51,
  kClockAhead = 52,
  kClockMeasured = 53,
  kUnreachableSince = 60,
  kUnreachableWhy = 61,
  kTakenSerial = 62,
  kTellsAcceptance = 63,
  kCardMailed = 64,
  kCardMailedSerial = 65,
  kContested = 66,
  kChosenIncarnation = 67,
  kCardAddress = 68,
  kChosenSince = 69,
  kGoodbyeDue = 70,
  kCapabilitiesRead = 71,
  kCardTriedSerial = 72,
  kResumed = 73,
  kEndedBefore = 74,
};
// Fields of ContestedCard. Frozen.
enum : std::uint32_t { kOtherIncarnation = 1, kOtherIssued = 2, kOtherSeen = 3, kOtherAddress = 4 };
// Fields of Tombstone. Frozen.
enum : std::uint32_t { kTombFingerprint = 1, kTombSince = 2, kTombReason = 3 };

Bytes copy(ByteView octets) { return {octets.begin(), octets.end()}; }

Bytes pair_key(const Fingerprint& peer, ByteView id) {
  return KeyWriter().bytes(peer.view()).bytes(id).take();
}

// The first time given stays.
void note_time(WriteTransaction& txn, Table table, ByteView key, Time when) {
  if (!txn.has(table, key)) txn.put(table, key, KeyWriter().time(when).take());
}

Bytes encode(const ContestedCard& contested) {
  if (contested.incarnation.empty()) return {};
  return RecordWriter()
      .bytes(kOtherIncarnation, contested.incarnation)
      .time(kOtherIssued, contested.issued)
      .time(kOtherSeen, contested.seen)
      .text(kOtherAddress, contested.address)
      .take();
}

ContestedCard read_contested(RecordReader& from) {
  const ByteView record = from.bytes(kContested);
  if (record.empty()) return {};
  auto in = RecordReader::parse(record);
  if (!in) from.set_bad();
  if (!in) return {};
  ContestedCard contested{copy(in->bytes(kOtherIncarnation)), in->time_or_zero(kOtherIssued),
                          in->time_or_zero(kOtherSeen), in->text(kOtherAddress)};
  if (!in->status()) from.set_bad();
  return contested;
}

void encode_card(RecordWriter& out, const Peer& peer) {
  out.bytes(kIdentity, peer.identity_certificate)
      .bytes(kCard, peer.card)
      .integer(kSerial, static_cast<std::int64_t>(peer.serial))
      .bytes(kIncarnation, peer.incarnation)
      .time(kCardIssued, peer.card_issued)
      .time(kCardExpires, peer.card_expires)
      .bytes(kCardDigest, peer.card_digest);
  for (const std::string& url : peer.urls)
    out.item(kUrl, url);
  for (const Bytes& der : peer.signing_certificates)
    out.item(kSigning, der);
  for (const Bytes& der : peer.encryption_certificates)
    out.item(kEncryption, der);
  out.integer(kLargestMessage, static_cast<std::int64_t>(peer.largest_message_bytes));
  for (const Bytes& der : peer.allowed_certificates)
    out.item(kAllowed, der);
  for (const std::uint64_t form : peer.tunnel_forms)
    out.item(kTunnelForm, std::to_string(form));
  out.flag(kEverListedForm2, peer.ever_listed_form_2);
  out.flag(kTellsAcceptance, peer.tells_acceptance);
  out.integer(kCapabilitiesRead, static_cast<std::int64_t>(peer.capabilities_read));
  out.text(kCardAddress, peer.card_address);
}

std::vector<std::uint64_t> read_forms(RecordReader& in) {
  std::vector<std::uint64_t> forms;
  for (const std::string& digits : in.all_texts(kTunnelForm)) {
    std::uint64_t form = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, form);
    if (error != std::errc{} || stop != end || std::to_string(form) != digits) in.set_bad();
    forms.push_back(form);
  }
  return forms;
}

void decode_card(RecordReader& in, Peer& peer) {
  peer.identity_certificate = copy(in.bytes(kIdentity));
  peer.card = copy(in.bytes(kCard));
  peer.serial = in.count(kSerial);
  peer.incarnation = copy(in.bytes(kIncarnation));
  peer.card_issued = in.time_or_zero(kCardIssued);
  peer.card_expires = in.time_or_zero(kCardExpires);
  peer.card_digest = copy(in.bytes(kCardDigest));
  peer.urls = in.all_texts(kUrl);
  peer.signing_certificates = in.all_bytes(kSigning);
  peer.encryption_certificates = in.all_bytes(kEncryption);
  peer.largest_message_bytes = in.count(kLargestMessage);
  peer.allowed_certificates = in.all_bytes(kAllowed);
  peer.tunnel_forms = read_forms(in);
  peer.ever_listed_form_2 = in.flag(kEverListedForm2);
  peer.tells_acceptance = in.flag(kTellsAcceptance);
  peer.capabilities_read = in.count(kCapabilitiesRead);
  peer.card_address = in.text(kCardAddress);
}

Bytes encode(const Tombstone& tombstone) {
  return RecordWriter()
      .bytes(kTombFingerprint, tombstone.fingerprint.view())
      .time(kTombSince, tombstone.since)
      .text(kTombReason, tombstone.reason)
      .take();
}

Result<Tombstone> decode_tombstone(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  Tombstone tombstone{in->fingerprint(kTombFingerprint), in->time_or_zero(kTombSince),
                      in->text(kTombReason)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return tombstone;
}

}  // namespace

const char* state_name(PeerState state) {
  switch (state) {
    case PeerState::pairing:
      return "pairing";
    case PeerState::unconfirmed:
      return "unconfirmed";
    case PeerState::paired:
      return "paired";
    case PeerState::paused:
      return "paused";
    case PeerState::removed:
      return "removed";
  }
  return "";
}

Bytes encode(const Peer& peer) {
  RecordWriter out;
  out.bytes(kFingerprint, peer.fingerprint.view())
      .text(kName, peer.name)
      .integer(kState, static_cast<std::int64_t>(peer.state))
      .integer(kOrigin, static_cast<std::int64_t>(peer.origin))
      .time(kSince, peer.since)
      .time(kPaired, peer.paired)
      .text(kAddress, peer.address)
      .time(kLastSeen, peer.last_seen);
  encode_card(out, peer);
  for (const Domain& domain : peer.named)
    out.item(kNamed, domain.text());
  out.text(kOutboundHeld, peer.outbound_held).bytes(kContested, encode(peer.contested));
  out.bytes(kChosenIncarnation, peer.chosen_incarnation);
  if (!peer.chosen_incarnation.empty()) out.time(kChosenSince, peer.chosen_since);
  out.time(kGoodbyeDue, peer.goodbye_due).time(kEndedBefore, peer.ended_before);
  if (peer.resumed != Time{}) out.time(kResumed, peer.resumed);
  for (const std::string& domain : peer.ignored_domains)
    out.item(kIgnoredDomain, domain);
  for (const std::string& address : peer.seen_from)
    out.item(kSeenFrom, address);
  out.text(kCardTrouble, peer.card_trouble).integer(kClockAhead, peer.clock_ahead.count());
  out.time(kClockMeasured, peer.clock_measured);
  return out.time(kUnreachableSince, peer.unreachable_since)
      .text(kUnreachableWhy, peer.unreachable_why)
      .time(kCardTried, peer.card_tried)
      .integer(kCardTriedSerial, static_cast<std::int64_t>(peer.card_tried_serial))
      .time(kCardSent, peer.card_sent)
      .integer(kCardSentSerial, static_cast<std::int64_t>(peer.card_sent_serial))
      .integer(kTakenSerial, static_cast<std::int64_t>(peer.taken_serial))
      .time(kCardMailed, peer.card_mailed)
      .integer(kCardMailedSerial, static_cast<std::int64_t>(peer.card_mailed_serial))
      .integer(kRefused, static_cast<std::int64_t>(peer.refused))
      .take();
}

Result<Peer> decode_peer(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  Peer peer;
  peer.fingerprint = in->fingerprint(kFingerprint);
  peer.name = in->text(kName);
  peer.state = in->choice(kState, PeerState::removed);
  peer.origin = in->choice(kOrigin, PeerOrigin::file);
  peer.since = in->time_or_zero(kSince);
  peer.paired = in->time_or_zero(kPaired);
  peer.address = in->text(kAddress);
  peer.last_seen = in->time(kLastSeen);
  decode_card(*in, peer);
  peer.named = in->all_domains(kNamed);
  peer.outbound_held = in->text(kOutboundHeld);
  peer.contested = read_contested(*in);
  peer.chosen_incarnation = copy(in->bytes(kChosenIncarnation));
  peer.chosen_since = in->time_or_zero(kChosenSince);
  peer.goodbye_due = in->time(kGoodbyeDue);
  peer.ended_before = in->time(kEndedBefore);
  peer.resumed = in->time_or_zero(kResumed);
  peer.ignored_domains = in->all_texts(kIgnoredDomain);
  peer.unreachable_since = in->time(kUnreachableSince);
  peer.unreachable_why = in->text(kUnreachableWhy);
  peer.card_tried = in->time(kCardTried);
  peer.card_tried_serial = in->count(kCardTriedSerial);
  peer.card_sent = in->time(kCardSent);
  peer.card_sent_serial = in->count(kCardSentSerial);
  // Older records have only the former.
  peer.taken_serial = std::max(in->count(kTakenSerial), peer.card_sent_serial);
  peer.card_mailed = in->time(kCardMailed);
  peer.card_mailed_serial = in->count(kCardMailedSerial);
  peer.refused = in->count(kRefused);
  peer.seen_from = in->all_texts(kSeenFrom);
  peer.card_trouble = in->text(kCardTrouble);
  peer.clock_ahead = std::chrono::seconds(in->integer(kClockAhead));
  peer.clock_measured = in->time(kClockMeasured);
  if (const Status ok = in->status(); !ok) return ok.error();
  return peer;
}

void put_peer(WriteTransaction& txn, const Peer& peer) {
  txn.put(Table::peers, peer.fingerprint.view(), encode(peer));
}

std::optional<Peer> find_peer(const ReadTransaction& txn, const Fingerprint& fingerprint) {
  return load<Peer>(txn, Table::peers, fingerprint.view(), decode_peer);
}

std::vector<Peer> list_peers(const ReadTransaction& txn) {
  return load_all<Peer>(txn, Table::peers, {}, decode_peer);
}

void put_tombstone(WriteTransaction& txn, const Tombstone& tombstone) {
  txn.put(Table::tombstones, tombstone.fingerprint.view(), encode(tombstone));
}

void remove_tombstone(WriteTransaction& txn, const Fingerprint& fingerprint) {
  txn.erase(Table::tombstones, fingerprint.view());
}

std::optional<Tombstone> find_tombstone(const ReadTransaction& txn,
                                        const Fingerprint& fingerprint) {
  return load<Tombstone>(txn, Table::tombstones, fingerprint.view(), decode_tombstone);
}

void note_incarnation(WriteTransaction& txn, const Fingerprint& peer, ByteView incarnation,
                      Time issued) {
  note_time(txn, Table::incarnations, pair_key(peer, incarnation), issued);
}

std::optional<Time> find_incarnation(const ReadTransaction& txn, const Fingerprint& peer,
                                     ByteView incarnation) {
  const auto value = txn.get(Table::incarnations, pair_key(peer, incarnation));
  if (!value || value->size() != 8) return std::nullopt;
  return read_time(*value);
}

std::vector<Time> incarnation_times(const ReadTransaction& txn, const Fingerprint& peer) {
  std::vector<Time> times;
  each(txn, Table::incarnations, peer.view(), peer.view(), [&times](ByteView, ByteView value) {
    times.push_back(value.size() == 8 ? read_time(value) : Time{});
    return true;
  });
  return times;
}

void note_revoked(WriteTransaction& txn, const Fingerprint& peer, ByteView id, Time when) {
  note_time(txn, Table::revoked, pair_key(peer, id), when);
}

bool is_revoked(const ReadTransaction& txn, const Fingerprint& peer, ByteView id) {
  return txn.has(Table::revoked, pair_key(peer, id));
}

std::vector<Bytes> list_revoked(const ReadTransaction& txn, const Fingerprint& peer) {
  std::vector<Bytes> ids;
  each(txn, Table::revoked, peer.view(), peer.view(), [&ids](ByteView key, ByteView) {
    ids.push_back(copy(key.subspan(Fingerprint::kSize)));
    return true;
  });
  return ids;
}

}  // namespace culvert::store
