// Signature schemes and their verification with a certificate's key. Thread-safe.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// What is computed, not how CMS names it (that is crypto/cms/algorithms.h). ECDSA signatures are
// DER (RFC 3279, 2.2.3).
enum class SignatureScheme {
  ecdsa_sha256,
  ecdsa_sha384,
  ecdsa_sha512,
  rsa_sha256,
  rsa_sha384,
  rsa_sha512,
  ed25519
};

// The scheme that we write with a key of this kind; nothing if it cannot sign.
std::optional<SignatureScheme> preferred_scheme(KeyKind kind);

// True if the key of `signer` made `signature` over `message`. False as well if the scheme does not
// fit the kind of key, or the key is larger than kMaxPublicKeyBytes.
bool verify_signature(const Certificate& signer, SignatureScheme scheme, ByteView message,
                      ByteView signature);

}  // namespace culvert::crypto
