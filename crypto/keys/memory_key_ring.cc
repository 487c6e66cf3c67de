#include "crypto/keys/memory_key_ring.h"

#include <botan/pubkey.h>
#include <botan/rsa.h>
#include <botan/system_rng.h>

#include <algorithm>
#include <exception>
#include <mutex>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/key_wrap.h"
#include "crypto/keys/library_keys.h"
#include "crypto/keys/library_words.h"
#include "crypto/keys/private_key_parts.h"
#include "crypto/keys/scheme.h"

namespace culvert::crypto {
namespace {

// SEC 1, 2.3.3 has uncompressed and compressed points. Botan also reads the hybrid form of X9.62,
// which would give one point a second encoding.
bool is_hybrid_point(ByteView public_value) {
  return !public_value.empty() && (public_value[0] == 6 || public_value[0] == 7);
}

// X25519 ignores the highest bit (RFC 7748, 5), and no sender sets it: it would give one public
// value a second encoding.
bool has_unused_bit(KeyKind kind, ByteView public_value) {
  return kind == KeyKind::x25519 && !public_value.empty() && (public_value.back() & 0x80) != 0;
}

Error bad_point(std::string detail = {}) {
  return permanent_error("bad-point", "the public value is no point of the key's curve",
                         std::move(detail));
}

Error no_key() { return permanent_error("no-key", "the key is not in the key ring"); }

// The key that computes an agreement, or null. An EC key has a class of its own for it.
const Botan::Private_Key* agreement_key(const PrivateKeyParts& parts) {
  if (parts.agreement) return parts.agreement.get();
  const bool agrees = parts.kind == KeyKind::x25519 || parts.kind == KeyKind::x448;
  return agrees ? parts.key.get() : nullptr;
}

bool is_readable_rsa(const PrivateKeyParts& parts) {
  const auto* rsa = dynamic_cast<const Botan::RSA_PublicKey*>(parts.key.get());
  if (rsa == nullptr || parts.kind != KeyKind::rsa) return false;  // rsa_pss only signs
  const std::size_t bits = rsa->get_n().bits();
  return bits >= kMinRsaBitsRead && bits <= kMaxRsaBitsRead;
}

}  // namespace

Status MemoryKeyRing::add(const PrivateKey& key, const Certificate& certificate, ContentRule rule) {
  if (!key.belongs_to(certificate)) {
    return permanent_error("key-mismatch", "the certificate is for another key");
  }
  const std::unique_lock lock(mutex_);
  // The certificate may encode the key differently than we do, and callers that sign know only the
  // certificate.
  const HeldKey held{certificate.key_id(), certificate, rule, {}, 0};
  keys_.insert_or_assign(key.key_id(), key);
  keys_.insert_or_assign(certificate.key_id(), key);
  auto& same_number = by_serial_[certificate.serial()];
  std::erase_if(same_number, [&](const HeldKey& other) {
    return other.certificate->issuer() == certificate.issuer();
  });
  same_number.push_back(held);
  if (!certificate.subject_key_identifier().empty()) {
    by_subject_key_identifier_.insert_or_assign(certificate.subject_key_identifier(), held);
  }
  return done();
}

void MemoryKeyRing::add_bare_key(const PrivateKey& key, ContentRule rule) {
  const std::unique_lock lock(mutex_);
  keys_.insert_or_assign(key.key_id(), key);
  bare_keys_.push_back(
      {key.key_id(), std::nullopt, rule, key.kind(), key.parts().key->key_length()});
}

void MemoryKeyRing::add_signing_key(const PrivateKey& key) {
  const std::unique_lock lock(mutex_);
  keys_.insert_or_assign(key.key_id(), key);
}

void MemoryKeyRing::add_shared_key(ByteView identifier, SecretBytes key) {
  const std::unique_lock lock(mutex_);
  shared_keys_.insert_or_assign(Bytes(identifier.begin(), identifier.end()), std::move(key));
}

void MemoryKeyRing::set_password(SecretBytes password) {
  const std::unique_lock lock(mutex_);
  password_ = std::move(password);
}

void MemoryKeyRing::remove(const KeyId& key) {
  const std::unique_lock lock(mutex_);
  const auto found = keys_.find(key);
  if (found == keys_.end()) return;
  const KeyId own = found->second.key_id();
  std::erase_if(keys_, [&](const auto& entry) { return entry.second.key_id() == own; });
  const auto is_gone = [&](const HeldKey& held) { return !keys_.contains(held.key); };
  for (auto& entry : by_serial_)
    std::erase_if(entry.second, is_gone);
  std::erase_if(by_subject_key_identifier_,
                [&](const auto& entry) { return is_gone(entry.second); });
  std::erase_if(bare_keys_, [&](const HeldKey& held) { return held.key == own; });
}

std::optional<HeldKey> MemoryKeyRing::find(const CertificateName& name) const {
  const std::shared_lock lock(mutex_);
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    const auto same_number = by_serial_.find(by_serial->serial);
    if (same_number == by_serial_.end()) return std::nullopt;
    for (const HeldKey& held : same_number->second) {
      // Peers write the name exactly as the certificate has it; a different one was altered on the
      // way.
      const bool is_tunnel = held.rule == ContentRule::aead_only;
      if (is_tunnel ? held.certificate->issuer_and_serial() == *by_serial
                    : held.certificate->is_named_by(name)) {
        return held;
      }
    }
    return std::nullopt;
  }
  const auto found = by_subject_key_identifier_.find(std::get<SubjectKeyIdentifier>(name).octets);
  if (found == by_subject_key_identifier_.end()) return std::nullopt;
  return found->second;
}

std::vector<HeldKey> MemoryKeyRing::bare_keys() const {
  const std::shared_lock lock(mutex_);
  return bare_keys_;
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
  if (!can_make(held->kind(), row.family)) {
    return internal_error("bad-key-use", "the key cannot make this kind of signature");
  }
  const auto format = row.family == SchemeFamily::ecdsa ? Botan::Signature_Format::DerSequence
                                                        : Botan::Signature_Format::Standard;
  try {
    auto& rng = Botan::system_rng();
    Botan::PK_Signer signer(*held->parts().key, rng, row.padding, format);
    return signer.sign_message(message, rng);
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the signature could not be made",
                          without_source(e.what()));
  }
}

Result<SecretBytes> MemoryKeyRing::agree(const KeyId& key, ByteView public_value) const {
  const auto held = key_of(key);
  if (!held) return no_key();
  const Botan::Private_Key* own = agreement_key(held->parts());
  if (own == nullptr) return internal_error("bad-key-use", "the key cannot agree on a secret");
  if (is_ec(held->kind()) && is_hybrid_point(public_value)) return bad_point("hybrid form");
  if (has_unused_bit(held->kind(), public_value)) return bad_point("the unused bit is set");
  try {
    const Botan::PK_Key_Agreement agreement(*own, Botan::system_rng(), "Raw");
    const auto secret = agreement.derive_key(0, public_value);
    // RFC 8418, 2.1: a point of low order gives zeros, whatever our key is.
    if (is_all_zero(secret.bits_of())) return bad_point("low order");
    return SecretBytes(ByteView(secret.bits_of()));
  } catch (const std::exception& e) {
    // Botan decodes the point. It refuses the point at infinity and points that are not on the
    // curve.
    return bad_point(without_source(e.what()));
  }
}

Result<SecretBytes> MemoryKeyRing::decrypt(const KeyId& key, const RsaTransport& transport,
                                           ByteView encrypted, std::size_t key_bytes) const {
  const auto held = key_of(key);
  if (!held) return no_key();
  if (!is_readable_rsa(held->parts())) {
    return internal_error("bad-key-use", "the key is no RSA key of a size that is used");
  }
  const auto engine = rsa_transport_engine(transport);
  if (!engine) return permanent_error("key-unwrap-failed", "the label of OAEP cannot be used");
  try {
    auto& rng = Botan::system_rng();
    const Botan::PK_Decryptor_EME decryptor(*held->parts().key, rng, *engine);
    if (transport.scheme == RsaTransport::Scheme::pkcs1_v15) {
      const auto secret =
          decryptor.decrypt_or_random(encrypted.data(), encrypted.size(), key_bytes, rng);
      return SecretBytes(ByteView(secret));
    }
    return SecretBytes(ByteView(decryptor.decrypt(encrypted)));
  } catch (const std::exception& e) {
    return permanent_error("key-unwrap-failed", "the content key cannot be decrypted",
                           without_source(e.what()));
  }
}

Result<SecretBytes> MemoryKeyRing::decapsulate(const KeyId& key, ByteView ciphertext) const {
  const auto held = key_of(key);
  if (!held) return no_key();
  if (held->kind() != KeyKind::ml_kem) {
    return internal_error("bad-key-use", "the key cannot open an encapsulation");
  }
  try {
    Botan::PK_KEM_Decryptor decryptor(*held->parts().key, Botan::system_rng(), "Raw");
    return SecretBytes(ByteView(decryptor.decrypt(ciphertext, 0, {})));
  } catch (const std::exception& e) {
    return permanent_error("bad-ciphertext", "the encapsulated key has a wrong length",
                           without_source(e.what()));
  }
}

Result<SecretBytes> MemoryKeyRing::unwrap_shared(ByteView identifier, std::size_t wrap_key_bytes,
                                                 ByteView wrapped) const {
  const std::shared_lock lock(mutex_);
  const auto found = shared_keys_.find(Bytes(identifier.begin(), identifier.end()));
  if (found == shared_keys_.end() || found->second.size() != wrap_key_bytes) return no_key();
  return unwrap_key(found->second, wrapped);
}

Result<SecretBytes> MemoryKeyRing::derive_from_password(const Pbkdf2& parameters) const {
  std::optional<SecretBytes> password;
  {
    const std::shared_lock lock(mutex_);
    if (!password_) return no_key();
    password = password_->clone();
  }
  return pbkdf2(password->view(), parameters);
}

}  // namespace culvert::crypto
