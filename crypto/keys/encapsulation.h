// The sender's half of a key encapsulation: ML-KEM (FIPS 203), as RFC 9936 uses it.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

struct Encapsulation {
  Bytes ciphertext;
  SecretBytes secret;  // 32 octets, what KeyRing::decapsulate returns on the other side
};

// Makes a fresh secret on each call. permanent `bad-key-use` if the certificate's key is not an
// ML-KEM key. Thread-safe.
Result<Encapsulation> encapsulate_to(const Certificate& recipient);

// The parameter set of a key.
enum class KemSet { ml_kem_512, ml_kem_768, ml_kem_1024 };
// Nothing if the certificate's key is not an ML-KEM key.
std::optional<KemSet> kem_set(const Certificate& certificate);

}  // namespace culvert::crypto
