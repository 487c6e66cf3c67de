// The interface to private keys. Everything that signs or opens goes through a KeyRing: the caller
// names a key, the ring computes, and the key stays where it is (it may move to another process
// later). memory_key_ring.h is the only implementation. The caller owns all returned values.
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/pbkdf2.h"
#include "crypto/keys/rsa_transport.h"
#include "crypto/keys/signature.h"

namespace culvert::crypto {

// What a held key may open. Tunnel keys open only AEAD content, and use RSA only with OAEP
// (smime-profile.md, "Refused"), so content re-labelled as CBC finds no key.
enum class ContentRule { aead_only, any };

// A key that the ring holds. With a certificate, `key` is the id of the key in that certificate;
// without one, it is the key's own id.
struct HeldKey {
  KeyId key;
  std::optional<Certificate> certificate;
  ContentRule rule = ContentRule::aead_only;
  // For a key without a certificate.
  KeyKind bare_kind{};
  std::size_t bare_bits = 0;

  KeyKind kind() const { return certificate ? certificate->key_kind() : bare_kind; }
  std::size_t bits() const { return certificate ? certificate->key_bits() : bare_bits; }
};

// Implementations are thread-safe: workers seal and open at the same time.
class KeyRing {
 public:
  virtual ~KeyRing() = default;

  // The key whose certificate `name` names, or nothing.
  virtual std::optional<HeldKey> find(const CertificateName& name) const = 0;

  // Keys without a certificate. Trying them is the only way to find what they open.
  virtual std::vector<HeldKey> bare_keys() const { return {}; }

  // A signature over `message`. It takes the whole message, not its hash, because Ed25519 needs it;
  // signed attributes and documents are small. permanent `no-key`, internal `bad-key-use`.
  virtual Result<Bytes> sign(const KeyId& key, SignatureScheme scheme, ByteView message) const = 0;

  // The shared secret of a Diffie-Hellman agreement: the x-coordinate at the length of the field
  // (SEC 1, 3.3.1), or the result of X25519 or X448. `public_value` is an encoded point (SEC 1,
  // 2.3.3), or 32 or 56 octets. permanent `bad-point` if it is not on the key's curve, is the point
  // at infinity, has low order, or sets the bit that X25519 does not use; permanent `no-key`,
  // internal `bad-key-use`.
  virtual Result<SecretBytes> agree(const KeyId& key, ByteView public_value) const = 0;

  // The key of `key_bytes` octets that was encrypted to an RSA key. With PKCS#1 v1.5 the result
  // never shows whether the padding was right: anything but a key of that size gives a random key
  // (RFC 3218, 2.3.2), in the same time, and fails later like a wrong tag. With OAEP the error is
  // permanent `key-unwrap-failed`, and the caller compares the size. permanent `no-key`, internal
  // `bad-key-use`.
  virtual Result<SecretBytes> decrypt(const KeyId& key, const RsaTransport& transport,
                                      ByteView encrypted, std::size_t key_bytes) const = 0;

  // The shared secret of a key encapsulation (ML-KEM, FIPS 203: 32 octets; a wrong ciphertext gives
  // another secret, not an error). permanent `bad-ciphertext` for a ciphertext of another length;
  // permanent `no-key`, internal `bad-key-use`.
  virtual Result<SecretBytes> decapsulate(const KeyId& key, ByteView ciphertext) const = 0;

  // Unwraps a content key (RFC 3394) with the shared key that both sides know by `identifier`.
  // permanent `no-key` if there is no such key of `wrap_key_bytes` octets, permanent
  // `key-unwrap-failed`.
  virtual Result<SecretBytes> unwrap_shared(ByteView identifier, std::size_t wrap_key_bytes,
                                            ByteView wrapped) const = 0;

  // A key-encryption key of `parameters.key_bytes` octets, derived from the password (RFC 8018,
  // 5.2). permanent `no-key` if the ring holds no password. The time depends on the iterations,
  // which the caller must have bounded.
  virtual Result<SecretBytes> derive_from_password(const Pbkdf2& parameters) const = 0;
};

}  // namespace culvert::crypto
