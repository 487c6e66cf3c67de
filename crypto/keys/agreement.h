// The sender's half of an ephemeral-static Diffie-Hellman agreement (RFC 5753, 3.1.1;
// RFC 8418, 2.1).
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

struct EphemeralAgreement {
  Bytes public_value;  // uncompressed point (SEC 1, 2.3.3), or an X25519 or X448 value
  SecretBytes secret;  // what KeyRing::agree returns on the other side
};

// Makes a one-time key on the curve of the recipient's key and agrees with that key. permanent
// `bad-key-use` if the certificate's key is not on a known curve or has low order. Thread-safe.
Result<EphemeralAgreement> agree_once_with(const Certificate& recipient);

}  // namespace culvert::crypto
