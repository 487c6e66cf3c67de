// Whom a message is sealed for, and how its content key gets there. These are the kinds of
// recipient that we write: key transport, key agreement and key encapsulation with the key of a
// certificate, and keys that both sides hold. recipient_info.h has the kinds that are only read.
#pragma once

#include <memory>
#include <variant>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/rsa_transport.h"

namespace culvert::crypto {

// A key-encryption key of 32 octets that both sides know by `identifier` (1 to
// kMaxKeyIdentifierBytes octets). The pointer is shared, because recipients are copied and secrets
// are not.
struct SharedKey {
  Bytes identifier;
  std::shared_ptr<const SecretBytes> key;
};

using Recipient = std::variant<Certificate, SharedKey>;

struct KeyOptions {
  // For RSA keys.
  RsaTransport rsa{};
  // For keys on a curve: the digest of the key derivation follows the size of the curve, or is
  // SHA-256 for every curve.
  enum class Agreement { by_curve, sha256 } agreement = Agreement::by_curve;
};

// The RecipientInfo in DER that carries `content_key` (16, 24 or 32 octets) to a recipient:
// certificates are named by issuer and serial number. permanent `unsupported-recipient` for a
// certificate whose key we do not write to, `bad-key-size` for an RSA or shared key of a wrong
// size. Thread-safe.
Result<Bytes> seal_key_for(const Recipient& recipient, const SecretBytes& content_key,
                           const KeyOptions& options);

}  // namespace culvert::crypto
