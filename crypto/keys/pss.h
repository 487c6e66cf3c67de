// RSASSA-PSS verification (RFC 8017, 8.1.2 and 9.1.2), built on Botan's hashes and modular
// exponentiation: Botan uses one hash for message and mask, but messages name two. Thread-safe. A
// key ring signs: signature.h, the schemes `rsa_pss_*`.
#pragma once

#include <cstddef>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// RSASSA-PSS-params (RFC 8017, A.2.3) with MGF1 and trailerField 1. Hashes have Botan's names
// (`SHA-256`).
struct PssParameters {
  std::string_view hash;
  std::string_view mgf_hash;
  std::size_t salt_bytes;
};

// True if the key of `signer` made `signature` over `message` with exactly these parameters. Also
// false for a key that is not RSA or whose size is not accepted (signature.h, check_key), and for a
// salt that does not fit the key.
bool verify_pss(const Certificate& signer, const PssParameters& parameters, ByteView message,
                ByteView signature);

}  // namespace culvert::crypto
