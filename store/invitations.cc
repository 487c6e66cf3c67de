#include "store/invitations.h"

#include "store/record.h"
#include "store/sealed_field.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of Invitation. Frozen.
enum : std::uint32_t {
  kId = 1,
  kSecret = 2,
  kPayloadDigest = 3,
  kDomain = 4,
  kCreated = 5,
  kExpires = 6,
  kUsed = 7,
  kUsedBy = 8,
  kUsedFrom = 9,
  kAnswer = 10,
  // 11 was in use.
  kInvitationReplaces = 12,
};
// Fields of Answered. Frozen.
enum : std::uint32_t { kTime = 1, kType = 2, kReply = 3 };
// Fields of OwnCard. Frozen.
enum : std::uint32_t {
  kSerial = 1,
  kIncarnation = 2,
  kIssued = 3,
  kCardExpires = 4,
  kContentDigest = 5,
  kCard = 6,
};

constexpr std::string_view kOwnCardName = "own-card";

Bytes copy(ByteView octets) { return {octets.begin(), octets.end()}; }

Bytes answered_key(const Fingerprint& peer, ByteView id) {
  return KeyWriter().bytes(peer.view()).bytes(id).take();
}

std::function<Result<Invitation>(ByteView)> decoder(const ReadTransaction& txn) {
  return [&txn](ByteView record) { return decode_invitation(record, txn.secrets_key()); };
}

}  // namespace

Bytes encode(const Invitation& invitation, const crypto::SealingKey& key) {
  RecordWriter out;
  out.bytes(kId, invitation.id)
      .bytes(kSecret, seal_field(key, invitation.secret, "invitation", invitation.id))
      .bytes(kPayloadDigest, invitation.payload_digest);
  for (const Domain& domain : invitation.domains)
    out.item(kDomain, domain.text());
  out.time(kCreated, invitation.created)
      .time(kExpires, invitation.expires)
      .time(kUsed, invitation.used);
  if (invitation.used_by) out.bytes(kUsedBy, invitation.used_by->view());
  out.flag(kInvitationReplaces, invitation.replaces);
  return out.text(kUsedFrom, invitation.used_from).bytes(kAnswer, invitation.answer).take();
}

Result<Invitation> decode_invitation(ByteView record, const crypto::SealingKey& key) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  Invitation invitation;
  invitation.id = copy(in->bytes(kId));
  auto secret = open_field(key, in->bytes(kSecret), "invitation", invitation.id);
  if (!secret) return secret.error();
  invitation.secret = std::move(secret).value();
  invitation.payload_digest = copy(in->bytes(kPayloadDigest));
  invitation.domains = in->all_domains(kDomain);
  invitation.created = in->time_or_zero(kCreated);
  invitation.expires = in->time_or_zero(kExpires);
  invitation.used = in->time(kUsed);
  if (!in->bytes(kUsedBy).empty()) invitation.used_by = in->fingerprint(kUsedBy);
  invitation.used_from = in->text(kUsedFrom);
  invitation.answer = copy(in->bytes(kAnswer));
  invitation.replaces = in->flag(kInvitationReplaces);
  if (const Status ok = in->status(); !ok) return ok.error();
  return invitation;
}

void put_invitation(WriteTransaction& txn, const Invitation& invitation) {
  txn.put(Table::invitations, invitation.id, encode(invitation, txn.secrets_key()));
}

std::optional<Invitation> find_invitation(const ReadTransaction& txn, ByteView id) {
  return load<Invitation>(txn, Table::invitations, id, decoder(txn));
}

std::vector<Invitation> list_invitations(const ReadTransaction& txn) {
  return load_all<Invitation>(txn, Table::invitations, {}, decoder(txn));
}

bool remove_invitation(WriteTransaction& txn, ByteView id) {
  return txn.erase(Table::invitations, id);
}

Bytes encode(const Answered& answered) {
  return RecordWriter()
      .time(kTime, answered.time)
      .text(kType, answered.type)
      .bytes(kReply, answered.answer)
      .take();
}

Result<Answered> decode_answered(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  Answered answered{in->time_or_zero(kTime), in->text(kType), copy(in->bytes(kReply))};
  if (const Status ok = in->status(); !ok) return ok.error();
  return answered;
}

bool note_answered(WriteTransaction& txn, const Fingerprint& peer, ByteView id,
                   const Answered& answered) {
  const Bytes key = answered_key(peer, id);
  if (txn.has(Table::answered, key)) return false;
  txn.put(Table::answered, key, encode(answered));
  txn.put(Table::answered_times, KeyWriter().time(answered.time).bytes(key).take(), {});
  return true;
}

std::optional<Answered> find_answered(const ReadTransaction& txn, const Fingerprint& peer,
                                      ByteView id) {
  return load<Answered>(txn, Table::answered, answered_key(peer, id), decode_answered);
}

std::size_t count_answered(const ReadTransaction& txn, const Fingerprint& peer, std::size_t limit) {
  std::size_t count = 0;
  each(txn, Table::answered, peer.view(), peer.view(),
       [&](ByteView, ByteView) { return ++count < limit; });
  return count;
}

std::size_t purge_answered(WriteTransaction& txn, Time before, std::size_t limit) {
  std::vector<Bytes> keys;
  each_key(txn, Table::answered_times, {}, [&](ByteView key) {
    if (keys.size() == limit || key.size() < 8 || read_time(key) >= before) return false;
    keys.push_back(copy(key));
    return true;
  });
  for (const Bytes& key : keys) {
    txn.erase(Table::answered_times, key);
    txn.erase(Table::answered, ByteView(key).subspan(8));
  }
  return keys.size();
}

Bytes encode(const OwnCard& card) {
  return RecordWriter()
      .integer(kSerial, static_cast<std::int64_t>(card.serial))
      .bytes(kIncarnation, card.incarnation)
      .time(kIssued, card.issued)
      .time(kCardExpires, card.expires)
      .bytes(kContentDigest, card.content_digest)
      .bytes(kCard, card.card)
      .take();
}

Result<OwnCard> decode_own_card(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  OwnCard card;
  card.serial = in->count(kSerial);
  card.incarnation = copy(in->bytes(kIncarnation));
  card.issued = in->time_or_zero(kIssued);
  card.expires = in->time_or_zero(kCardExpires);
  card.content_digest = copy(in->bytes(kContentDigest));
  card.card = copy(in->bytes(kCard));
  if (const Status ok = in->status(); !ok) return ok.error();
  return card;
}

void put_own_card(WriteTransaction& txn, const OwnCard& card) {
  const auto old = own_card(txn);
  if (old && old->incarnation == card.incarnation && card.serial <= old->serial) {
    txn.fail(internal_error("serial-went-back", "an internal error"));
    return;
  }
  txn.put(Table::meta, as_bytes(kOwnCardName), encode(card));
}

std::optional<OwnCard> own_card(const ReadTransaction& txn) {
  return load<OwnCard>(txn, Table::meta, as_bytes(kOwnCardName), decode_own_card);
}

}  // namespace culvert::store
