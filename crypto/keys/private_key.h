// Private keys as PKCS#8 (RFC 5958). The key itself is opaque: use it only through a key ring
// (key_ring.h) or to make certificates (certificate_maker.h). All calls are thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

struct PrivateKeyParts;

// Keys larger than this are refused: RSA of 16,384 bits needs 9,300 octets.
inline constexpr std::size_t kMaxPrivateKeyBytes = 16 * 1024;

class PrivateKey {
 public:
  // A new P-256 key: the kind for identities, tunnel certificates and our TLS certificates.
  static PrivateKey generate_p256();
  // PrivateKeyInfo in DER, not encrypted. permanent `bad-key`, `key-not-supported`. An RSA key
  // under id-RSASSA-PSS (RFC 4055) only signs, and belongs to certificates with the same
  // parameters.
  static Result<PrivateKey> from_pkcs8(ByteView der);

  // PrivateKeyInfo, not encrypted.
  SecretBytes pkcs8() const;
  // The same as PEM; line ends are LF.
  SecretBytes pem() const;

  // DER of SubjectPublicKeyInfo, and SHA-256 over it.
  const Bytes& public_key_info() const;
  const KeyId& key_id() const;
  KeyKind kind() const;
  // True if the certificate holds the public half of this key, in whatever encoding: RSA keys for
  // PSS only have an identifier of their own, and points of elliptic curves have two forms. Then
  // the key ids of both may differ.
  bool belongs_to(const Certificate& certificate) const;

  // For crypto/keys and crypto/cms only.
  const PrivateKeyParts& parts() const { return *parts_; }

 private:
  explicit PrivateKey(std::shared_ptr<const PrivateKeyParts> parts) : parts_(std::move(parts)) {}
  // Shared and immutable: the key ring and a caller that makes certificates hold the same key.
  std::shared_ptr<const PrivateKeyParts> parts_;
};

}  // namespace culvert::crypto
