#include "peering/own_card.h"

#include <algorithm>

#include "crypto/keys/digest.h"
#include "crypto/keys/random.h"
#include "peering/revocation.h"
#include "peering/rollover.h"
#include "store/keyring.h"
#include "store/peers.h"

namespace culvert::peering {
namespace {

void add_to_digest(Bytes& all, std::string_view name, ByteView value) {
  append(all, name);
  append(all, std::to_string(value.size()) + ":");
  append(all, value);
}

// The digest of everything that the card says besides its serial and dates.
crypto::Sha256 digest_of(const OwnFacts& facts) {
  Bytes all;
  add_to_digest(all, "node", as_bytes(facts.node));
  for (const Domain& domain : facts.domains)
    add_to_digest(all, "domain", as_bytes(domain.text()));
  for (const std::string& url : facts.urls)
    add_to_digest(all, "url", as_bytes(url));
  for (const auto& certificate : facts.signing)
    add_to_digest(all, "sign", certificate.der());
  for (const auto& certificate : facts.encryption)
    add_to_digest(all, "encrypt", certificate.der());
  for (const std::string& name : facts.capabilities.content)
    add_to_digest(all, "content", as_bytes(name));
  for (const std::string& name : facts.capabilities.key_management)
    add_to_digest(all, "key", as_bytes(name));
  add_to_digest(all, "max", as_bytes(std::to_string(facts.capabilities.max_message_bytes)));
  for (const std::uint64_t form : facts.capabilities.tunnel)
    add_to_digest(all, "tunnel", as_bytes(std::to_string(form)));
  for (const std::string& type : facts.capabilities.documents)
    add_to_digest(all, "document", as_bytes(type));
  for (const Fingerprint& key : facts.revoked)
    add_to_digest(all, "revoked", key.view());
  return crypto::sha256(all);
}

// If false, a new card is made under the next serial.
bool still_good(const store::OwnCard& card, const crypto::Sha256& digest, Time now) {
  const bool same = std::equal(digest.begin(), digest.end(), card.content_digest.begin(),
                               card.content_digest.end());
  return same && card.issued <= now && now < card.issued + kCardRenewal;
}

Card card_of(const OwnFacts& facts, const IdentitySigner& signer) {
  Card card{.sender = signer.fingerprint(), .identity = signer.certificate};
  card.node = facts.node;
  for (const Domain& domain : facts.domains)
    card.domains.push_back(domain.text());
  card.urls = facts.urls;
  card.signing = facts.signing;
  card.encryption = facts.encryption;
  card.capabilities = facts.capabilities;
  card.revoked = facts.revoked;
  return card;
}

bool is_listed(const store::StoredCertificate& stored,
               const std::vector<crypto::Certificate>& listed) {
  return std::any_of(listed.begin(), listed.end(), [&stored](const auto& certificate) {
    return certificate.der() == stored.der;
  });
}

// Notes on which certificates of a role the new card is the first to list, and which it leaves out.
void note_listed(store::WriteTransaction& txn, store::CertificateRole role,
                 const std::vector<crypto::Certificate>& listed, const store::OwnCard& card) {
  for (store::StoredCertificate& stored : store::list_certificates(txn, role)) {
    const store::StoredCertificate before = stored;
    if (is_listed(stored, listed)) {
      stored.left_card.reset();  // it is back, if a wrong clock had ended it
      if (!stored.announced) stored.listed_serial = card.serial;
      if (!stored.announced) stored.announced = card.issued;
    } else if (stored.announced && !stored.left_card) {
      stored.left_card = card.issued;
    }
    if (stored != before) store::put_certificate(txn, stored);
  }
}

std::vector<crypto::Certificate> stored_certificates(const store::ReadTransaction& txn,
                                                     const Fingerprint& own,
                                                     store::CertificateRole role, Time now,
                                                     std::size_t most) {
  std::vector<crypto::Certificate> out;
  for (const auto& stored : store::list_certificates(txn, role)) {
    if (out.size() == most) break;
    auto certificate = crypto::Certificate::from_der(stored.der);
    const bool counts = certificate && is_usable(stored, now) &&
                        !store::is_revoked(txn, own, certificate->key_id().view());
    if (counts) out.push_back(*std::move(certificate));
  }
  return out;
}

}  // namespace

void add_stored_certificates(const store::ReadTransaction& txn, const Fingerprint& own, Time now,
                             OwnFacts& facts) {
  facts.signing =
      stored_certificates(txn, own, store::CertificateRole::tunnel_sign, now, kMaxCardCertificates);
  facts.encryption =
      stored_certificates(txn, own, store::CertificateRole::tunnel_encrypt, now, kListedEncryption);
  facts.revoked = own_revoked(txn, own);
}

Incarnation new_incarnation() {
  Incarnation incarnation;
  crypto::fill_random(incarnation);
  return incarnation;
}

Status begin_incarnation(store::WriteTransaction& txn) {
  auto card = store::own_card(txn);
  if (!card) {
    return permanent_error("no-card", "this node has no card yet, so it needs no new incarnation");
  }
  const Incarnation incarnation = new_incarnation();
  card->incarnation.assign(incarnation.begin(), incarnation.end());
  card->content_digest.clear();  // so a card is made at once
  store::put_own_card(txn, *card);
  return done();
}

Result<store::OwnCard> renew_own_card(store::WriteTransaction& txn, const OwnFacts& facts,
                                      const IdentitySigner& signer, Time now) {
  const auto stored = store::own_card(txn);
  const crypto::Sha256 digest = digest_of(facts);
  if (stored && still_good(*stored, digest, now)) return *stored;

  Card card = card_of(facts, signer);
  card.incarnation = new_incarnation();
  if (stored && stored->incarnation.size() == card.incarnation.size()) {
    std::copy(stored->incarnation.begin(), stored->incarnation.end(), card.incarnation.begin());
  }
  card.serial = stored ? stored->serial + 1 : 1;
  card.issued = now;
  card.expires = now + kCardLifetime;
  auto message = sign_card(card, signer);
  if (!message) return message.error();

  store::OwnCard out;
  out.serial = card.serial;
  out.incarnation.assign(card.incarnation.begin(), card.incarnation.end());
  out.issued = card.issued;
  out.expires = card.expires;
  out.content_digest.assign(digest.begin(), digest.end());
  out.card = *std::move(message);
  store::put_own_card(txn, out);
  note_listed(txn, store::CertificateRole::tunnel_sign, facts.signing, out);
  note_listed(txn, store::CertificateRole::tunnel_encrypt, facts.encryption, out);
  return out;
}

}  // namespace culvert::peering
