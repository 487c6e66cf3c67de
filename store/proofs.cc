// Proofs under way; their header is routes.h.

#include "store/record.h"
#include "store/routes.h"
#include "store/sealed_field.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of Proof. Frozen.
enum : std::uint32_t {
  kRole = 1,
  kPeer = 2,
  kId = 3,
  kDomain = 4,
  kMailToken = 5,
  kWebToken = 6,
  kStarted = 7,
  kExpires = 8,
  kAnswered = 9,
};

Bytes role_prefix(ProofRole role) {
  return KeyWriter().octet(static_cast<std::uint8_t>(role)).take();
}
Bytes peer_prefix(ProofRole role, const Fingerprint& peer) {
  return KeyWriter().bytes(role_prefix(role)).bytes(peer.view()).take();
}
Bytes proof_key(ProofRole role, const Fingerprint& peer, ByteView id) {
  return KeyWriter().bytes(peer_prefix(role, peer)).bytes(id).take();
}

std::function<Result<Proof>(ByteView)> decoder(const ReadTransaction& txn) {
  return [&txn](ByteView record) { return decode_proof(record, txn.secrets_key()); };
}

}  // namespace

Bytes encode(const Proof& proof, const crypto::SealingKey& key) {
  return RecordWriter()
      .integer(kRole, static_cast<std::int64_t>(proof.role))
      .bytes(kPeer, proof.peer.view())
      .bytes(kId, proof.id)
      .text(kDomain, proof.domain.text())
      .bytes(kMailToken, seal_field(key, proof.mail_token, "mail", proof.id))
      .bytes(kWebToken, seal_field(key, proof.web_token, "web", proof.id))
      .time(kStarted, proof.started)
      .time(kExpires, proof.expires)
      .time(kAnswered, proof.answered)
      .take();
}

Result<Proof> decode_proof(ByteView record, const crypto::SealingKey& key) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  auto domain = in->domain(kDomain);
  if (!domain) return in->status().error();
  const ByteView id = in->bytes(kId);
  auto mail_token = open_field(key, in->bytes(kMailToken), "mail", id);
  if (!mail_token) return mail_token.error();
  auto web_token = open_field(key, in->bytes(kWebToken), "web", id);
  if (!web_token) return web_token.error();
  Proof proof{.role = in->choice(kRole, ProofRole::answering),
              .peer = in->fingerprint(kPeer),
              .id = Bytes(id.begin(), id.end()),
              .domain = std::move(*domain),
              .mail_token = std::move(mail_token).value(),
              .web_token = std::move(web_token).value(),
              .started = in->time_or_zero(kStarted),
              .expires = in->time_or_zero(kExpires),
              .answered = in->time(kAnswered)};
  if (const Status ok = in->status(); !ok) return ok.error();
  return proof;
}

void put_proof(WriteTransaction& txn, const Proof& proof) {
  txn.put(Table::proofs, proof_key(proof.role, proof.peer, proof.id),
          encode(proof, txn.secrets_key()));
}

std::optional<Proof> find_proof(const ReadTransaction& txn, ProofRole role, const Fingerprint& peer,
                                ByteView id) {
  return load<Proof>(txn, Table::proofs, proof_key(role, peer, id), decoder(txn));
}

std::vector<Proof> proofs_of_peer(const ReadTransaction& txn, ProofRole role,
                                  const Fingerprint& peer) {
  return load_all<Proof>(txn, Table::proofs, peer_prefix(role, peer), decoder(txn));
}

std::vector<Proof> list_proofs(const ReadTransaction& txn, ProofRole role) {
  return load_all<Proof>(txn, Table::proofs, role_prefix(role), decoder(txn));
}

bool remove_proof(WriteTransaction& txn, ProofRole role, const Fingerprint& peer, ByteView id) {
  return txn.erase(Table::proofs, proof_key(role, peer, id));
}

}  // namespace culvert::store
