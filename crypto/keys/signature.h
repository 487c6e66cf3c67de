// Signature schemes and their verification with a certificate's key. Thread-safe.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// What is computed, not how CMS names it (crypto/cms/algorithms.h does). ECDSA signatures are DER
// (RFC 3279, 2.2.3). RSASSA-PSS here uses one hash for message and mask, and a salt as long as the
// hash; pss.h verifies other combinations.
enum class SignatureScheme {
  ecdsa_sha256,
  ecdsa_sha384,
  ecdsa_sha512,
  rsa_sha256,
  rsa_sha384,
  rsa_sha512,
  rsa_pss_sha256,
  rsa_pss_sha384,
  rsa_pss_sha512,
  ed25519,
  ed448
};

// The scheme that we write with a key of this kind; nothing if it cannot sign.
std::optional<SignatureScheme> preferred_scheme(KeyKind kind);

// Whether a certificate's key can be used with a scheme.
enum class KeyFit {
  fits,
  // The key is of another or an unknown kind.
  wrong_kind,
  // RSA of fewer than 1,024 or more than 16,384 bits, or with an unusual exponent that costs as
  // much as a huge modulus: above 256 bits, or above 64 bits if the modulus has more than 3,072.
  bad_size
};
KeyFit check_key(const Certificate& signer, SignatureScheme scheme);

// True if the key of `signer` made `signature` over `message`. Also false if the key does not fit
// (check_key).
bool verify_signature(const Certificate& signer, SignatureScheme scheme, ByteView message,
                      ByteView signature);

}  // namespace culvert::crypto
