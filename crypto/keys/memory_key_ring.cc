#include "crypto/keys/memory_key_ring.h"

#include <botan/pubkey.h>
#include <botan/system_rng.h>

#include <exception>
#include <mutex>

#include "crypto/keys/parts.h"
#include "crypto/keys/scheme.h"

namespace culvert::crypto {
namespace {

// SEC 1, 2.3.3 knows uncompressed and compressed points; Botan reads the hybrid form of X9.62 too,
// which would give one point a second spelling.
bool is_hybrid_point(ByteView public_value) {
  return !public_value.empty() && (public_value[0] == 6 || public_value[0] == 7);
}

Error bad_point(std::string detail = {}) {
  return permanent_error("bad-point", "the public value is no point of the key's curve",
                         std::move(detail));
}

Error no_key() { return permanent_error("no-key", "the key is not in the key ring"); }

}  // namespace

Status MemoryKeyRing::add(const PrivateKey& key, const Certificate& certificate, ContentRule rule) {
  if (!key.belongs_to(certificate)) {
    return permanent_error("key-mismatch", "the certificate is for another key");
  }
  const std::unique_lock lock(mutex_);
  const HeldKey held{key.key_id(), certificate, rule};
  keys_.insert_or_assign(key.key_id(), key);
  by_issuer_and_serial_.insert_or_assign(certificate.issuer_and_serial(), held);
  if (!certificate.subject_key_identifier().empty()) {
    by_subject_key_identifier_.insert_or_assign(certificate.subject_key_identifier(), held);
  }
  return done();
}

void MemoryKeyRing::add_signing_key(const PrivateKey& key) {
  const std::unique_lock lock(mutex_);
  keys_.insert_or_assign(key.key_id(), key);
}

void MemoryKeyRing::remove(const KeyId& key) {
  const std::unique_lock lock(mutex_);
  keys_.erase(key);
  const auto is_gone = [&](const auto& entry) { return entry.second.key == key; };
  std::erase_if(by_issuer_and_serial_, is_gone);
  std::erase_if(by_subject_key_identifier_, is_gone);
}

std::optional<HeldKey> MemoryKeyRing::find(const CertificateName& name) const {
  const std::shared_lock lock(mutex_);
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    const auto found = by_issuer_and_serial_.find(*by_serial);
    if (found == by_issuer_and_serial_.end()) return std::nullopt;
    return found->second;
  }
  const auto found = by_subject_key_identifier_.find(std::get<SubjectKeyIdentifier>(name).octets);
  if (found == by_subject_key_identifier_.end()) return std::nullopt;
  return found->second;
}

std::optional<PrivateKey> MemoryKeyRing::key_of(const KeyId& key) const {
  const std::shared_lock lock(mutex_);
  const auto found = keys_.find(key);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

Result<Bytes> MemoryKeyRing::sign(const KeyId& key, SignatureScheme scheme,
                                  ByteView message) const {
  const auto held = key_of(key);
  if (!held) return no_key();
  const SchemeRow row = scheme_row(scheme);
  if (family_of(held->kind()) != row.family) {
    return internal_error("bad-key-use", "the key cannot make this kind of signature");
  }
  const auto format = row.family == SchemeFamily::ecdsa ? Botan::Signature_Format::DerSequence
                                                        : Botan::Signature_Format::Standard;
  try {
    auto& rng = Botan::system_rng();
    Botan::PK_Signer signer(*held->parts().key, rng, row.padding, format);
    return signer.sign_message(message, rng);
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the signature could not be made", e.what());
  }
}

Result<SecretBytes> MemoryKeyRing::agree(const KeyId& key, ByteView public_value) const {
  const auto held = key_of(key);
  if (!held) return no_key();
  if (!held->parts().agreement) {
    return internal_error("bad-key-use", "the key cannot agree on a secret");
  }
  if (is_hybrid_point(public_value)) return bad_point("hybrid form");
  try {
    const Botan::PK_Key_Agreement agreement(*held->parts().agreement, Botan::system_rng(), "Raw");
    const auto secret = agreement.derive_key(0, public_value);
    return SecretBytes(ByteView(secret.bits_of()));
  } catch (const std::exception& e) {
    // Botan decodes the point and refuses what is not on the curve, and the point at infinity.
    return bad_point(e.what());
  }
}

}  // namespace culvert::crypto
