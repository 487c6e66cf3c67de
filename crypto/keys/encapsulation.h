// The sender's half of a key encapsulation: ML-KEM (FIPS 203), as RFC 9936 uses it.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

struct Encapsulation {
  Bytes ciphertext;
  SecretBytes secret;  // 32 octets, as KeyRing::decapsulate gives it to the other side
};

// Fresh for each call. permanent `bad-key-use` if the certificate's key is no ML-KEM key.
// Thread-safe.
Result<Encapsulation> encapsulate_to(const Certificate& recipient);

// Which of the three parameter sets a key has.
enum class KemSet { ml_kem_512, ml_kem_768, ml_kem_1024 };
// Nothing if the certificate's key is no ML-KEM key.
std::optional<KemSet> kem_set(const Certificate& certificate);

}  // namespace culvert::crypto
