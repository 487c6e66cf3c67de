// The seam behind which private keys live. Everything that signs or opens goes through a KeyRing:
// callers name a key, the ring computes, the key stays where it is (one day in another process).
#pragma once

#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/signature.h"

namespace culvert::crypto {

// What a held key may open. Tunnel keys open AEAD content only (formats.md, "Refused"), so that
// content re-labelled as CBC finds no key.
enum class ContentRule { aead_only, any };

// A key that the ring holds, and a certificate for it.
struct HeldKey {
  KeyId key;
  Certificate certificate;
  ContentRule rule = ContentRule::aead_only;
};

// Implementations are thread-safe: workers seal and open at the same time.
class KeyRing {
 public:
  virtual ~KeyRing() = default;

  // The key whose certificate `name` calls, or nothing.
  virtual std::optional<HeldKey> find(const CertificateName& name) const = 0;

  // A signature over `message` (all of it, not its hash, because Ed25519 needs it so; signed
  // attributes and documents are small). permanent `no-key`, internal `bad-key-use`.
  virtual Result<Bytes> sign(const KeyId& key, SignatureScheme scheme, ByteView message) const = 0;

  // The shared secret of a Diffie-Hellman agreement: the x-coordinate at the length of the field
  // (SEC 1, 3.3.1), or the result of X25519. `public_value` is an encoded point (SEC 1, 2.3.3) or
  // 32 octets. permanent `bad-point` for what is not on the key's curve, is the point at infinity
  // or of low order; permanent `no-key`, internal `bad-key-use`.
  virtual Result<SecretBytes> agree(const KeyId& key, ByteView public_value) const = 0;
};

}  // namespace culvert::crypto
