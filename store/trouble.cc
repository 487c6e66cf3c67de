#include "store/trouble.h"

#include <algorithm>

#include "store/message_codec.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// The first octet of a key. Frozen.
//   to_tell   fingerprint, hash(message id, state)
//   heard     fingerprint, name, state(1): waits to be acted on
//   known     fingerprint, name, state(1): was heard, whether or not it was acted on
enum class Role : std::uint8_t { to_tell = 0, heard = 1, known = 2 };

// Fields of TroubleNote. Frozen.
enum : std::uint32_t {
  kPeer = 1,
  kMessageId = 2,
  kCulvertId = 3,
  kReason = 4,
  kIdentifier = 5,
  kPatience = 6
};
// Fields of the records of the table. Frozen; `known` has kTime alone.
enum : std::uint32_t { kTime = 1, kNote = 2, kState = 3, kHeardFrom = 4, kName = 5, kWhy = 6 };

Bytes role_prefix(Role role) { return KeyWriter().octet(static_cast<std::uint8_t>(role)).take(); }

Bytes peer_prefix(Role role, const Fingerprint& peer) {
  return KeyWriter().bytes(role_prefix(role)).bytes(peer.view()).take();
}

// Counts a peer's records only if there are many in all.
bool has_room(const ReadTransaction& txn, Role role, const Fingerprint& peer) {
  if (txn.count(Table::trouble) < kMaxTroublesOfPeer) return true;
  std::uint64_t count = 0;
  each_key(txn, Table::trouble, peer_prefix(role, peer),
           [&count](ByteView) { return ++count < kMaxTroublesOfPeer; });
  return count < kMaxTroublesOfPeer;
}

Bytes heard_key(Role role, const HeardTrouble& heard) {
  return KeyWriter()
      .bytes(peer_prefix(role, heard.peer))
      .bytes(heard.name)
      .octet(static_cast<std::uint8_t>(heard.state))
      .take();
}

Result<TroubleToTell> decode_to_tell(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  auto note = decode_trouble_note(in->bytes(kNote));
  if (!note) return note.error();
  TroubleToTell out{
      *std::move(note), in->choice(kState, TroubleState::returned), in->time_or_zero(kTime), {}};
  if (const Status ok = in->status(); !ok) return ok.error();
  return out;
}

Result<HeardTrouble> decode_heard(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  HeardTrouble heard;
  heard.peer = in->fingerprint(kHeardFrom);
  const ByteView name = in->bytes(kName);
  heard.name.assign(name.begin(), name.end());
  heard.state = in->choice(kState, TroubleState::returned);
  heard.reason = in->text(kWhy);
  heard.heard = in->time_or_zero(kTime);
  if (const Status ok = in->status(); !ok) return ok.error();
  return heard;
}

bool is_older(ByteView record, Time before) {
  auto in = RecordReader::parse(record);
  return !in || in->time_or_zero(kTime) < before;
}

// Once a mail is gone, nothing that is said about it is news.
bool is_over(const ReadTransaction& txn, const HeardTrouble& heard) {
  constexpr TroubleState kFinal[] = {TroubleState::dropped, TroubleState::expired,
                                     TroubleState::returned};
  return std::any_of(std::begin(kFinal), std::end(kFinal), [&](TroubleState state) {
    const HeardTrouble other{.peer = heard.peer, .name = heard.name, .state = state};
    return txn.has(Table::trouble, heard_key(Role::known, other));
  });
}

Bytes to_tell_key(const ReadTransaction& txn, const TroubleNote& note, TroubleState state) {
  const std::string mail = note.message_id + ' ' + std::to_string(static_cast<int>(state));
  return KeyWriter()
      .bytes(peer_prefix(Role::to_tell, note.peer))
      .bytes(txn.index(Table::trouble, mail))
      .take();
}

}  // namespace

Bytes encode(const TroubleNote& note) {
  RecordWriter out;
  out.bytes(kPeer, note.peer.view()).text(kMessageId, note.message_id);
  out.bytes(kCulvertId, note.culvert_id).text(kReason, note.reason);
  for (const std::string& identifier : note.identifiers)
    out.item(kIdentifier, identifier);
  return out.integer(kPatience, note.patience.count()).take();
}

Result<TroubleNote> decode_trouble_note(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  TroubleNote note;
  note.peer = in->fingerprint(kPeer);
  note.message_id = in->text(kMessageId);
  const ByteView id = in->bytes(kCulvertId);
  note.culvert_id.assign(id.begin(), id.end());
  note.reason = in->text(kReason);
  note.identifiers = in->all_texts(kIdentifier);
  note.patience = std::chrono::seconds(in->count(kPatience));
  if (const Status ok = in->status(); !ok) return ok.error();
  return note;
}

void unnote_held(WriteTransaction& txn, const TroubleNote& note) {
  txn.erase(Table::trouble, to_tell_key(txn, note, TroubleState::held));
}

void note_trouble(WriteTransaction& txn, const TroubleNote& note, TroubleState state, Time now) {
  const Bytes key = to_tell_key(txn, note, state);
  if (txn.has(Table::trouble, key)) return;
  if (state != TroubleState::held) unnote_held(txn, note);
  if (!has_room(txn, Role::to_tell, note.peer)) return;
  RecordWriter out;
  out.time(kTime, now).bytes(kNote, encode(note));
  txn.put(Table::trouble, key, out.integer(kState, static_cast<std::int64_t>(state)).take());
}

std::vector<TroubleToTell> troubles_to_tell(const ReadTransaction& txn, const Fingerprint& peer,
                                            std::size_t limit, Time now) {
  std::vector<TroubleToTell> out;
  const Bytes prefix = peer_prefix(Role::to_tell, peer);
  each(txn, Table::trouble, prefix, prefix, [&](ByteView key, ByteView record) {
    auto trouble = decode_to_tell(record);
    const bool waits = trouble && trouble->state == TroubleState::held &&
                       now < trouble->since + trouble->note.patience;
    if (waits) return true;
    if (trouble) {
      trouble->key.assign(key.begin(), key.end());
      out.push_back(*std::move(trouble));
    } else {
      txn.damage().note(Table::trouble, key);
    }
    return out.size() < limit;
  });
  return out;
}

std::vector<Fingerprint> peers_to_tell(const ReadTransaction& txn) {
  constexpr std::size_t kPeerEnd = 1 + Fingerprint::kSize;
  std::vector<Fingerprint> peers;
  const Bytes prefix = role_prefix(Role::to_tell);
  Cursor at = txn.scan(Table::trouble, prefix);
  while (!at.at_end() && starts_with(at.key(), prefix)) {
    const ByteView key = at.key();
    const auto peer = key.size() < kPeerEnd
                          ? std::nullopt
                          : Fingerprint::from_bytes(key.subspan(1, Fingerprint::kSize));
    if (!peer) {
      at.next();
      continue;
    }
    peers.push_back(*peer);
    at.seek(KeyWriter()
                .bytes(peer_prefix(Role::to_tell, *peer))
                .bytes(Bytes(kIndexBytes + 1, 0xff))
                .take());
  }
  return peers;
}

void forget_trouble(WriteTransaction& txn, ByteView key) { txn.erase(Table::trouble, key); }

bool hear_trouble(WriteTransaction& txn, const HeardTrouble& heard) {
  const Bytes known = heard_key(Role::known, heard);
  if (is_over(txn, heard) || txn.has(Table::trouble, known) ||
      !has_room(txn, Role::known, heard.peer))
    return false;
  txn.put(Table::trouble, known, RecordWriter().time(kTime, heard.heard).take());
  RecordWriter out;
  out.time(kTime, heard.heard).integer(kState, static_cast<std::int64_t>(heard.state));
  out.bytes(kHeardFrom, heard.peer.view()).bytes(kName, heard.name).text(kWhy, heard.reason);
  txn.put(Table::trouble, heard_key(Role::heard, heard), out.take());
  return true;
}

std::vector<HeardTrouble> troubles_heard(const ReadTransaction& txn, std::size_t limit) {
  std::vector<HeardTrouble> out;
  const Bytes prefix = role_prefix(Role::heard);
  each(txn, Table::trouble, prefix, prefix, [&](ByteView key, ByteView record) {
    auto heard = decode_heard(record);
    if (heard) {
      out.push_back(*std::move(heard));
    } else {
      txn.damage().note(Table::trouble, key);
    }
    return out.size() < limit;
  });
  return out;
}

bool end_heard_trouble(WriteTransaction& txn, const HeardTrouble& heard) {
  return txn.erase(Table::trouble, heard_key(Role::heard, heard));
}

std::size_t purge_troubles(WriteTransaction& txn, Time before, std::size_t limit) {
  std::vector<Bytes> old;
  each(txn, Table::trouble, {}, {}, [&](ByteView key, ByteView record) {
    if (is_older(record, before)) old.emplace_back(key.begin(), key.end());
    return old.size() < limit;
  });
  for (const Bytes& key : old)
    txn.erase(Table::trouble, key);
  return old.size();
}

}  // namespace culvert::store
