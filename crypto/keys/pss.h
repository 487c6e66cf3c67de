// RSASSA-PSS verification (RFC 8017, 8.1.2 and 9.1.2). It stands here, over Botan's hashes and its
// modular exponentiation, because Botan takes one hash for message and mask, and messages name two.
// Thread-safe. Signing is for a key ring: signature.h, the schemes `rsa_pss_*`.
#pragma once

#include <cstddef>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// RSASSA-PSS-params (RFC 8017, A.2.3) with MGF1 and trailerField 1. Hashes as Botan names them
// (`SHA-256`).
struct PssParameters {
  std::string_view hash;
  std::string_view mgf_hash;
  std::size_t salt_bytes;
};

// True if the key of `signer` made `signature` over `message` with exactly these parameters. False
// as well for a key that is not RSA or of a size that is not read (signature.h, check_key), and for
// a salt for which the key has no room.
bool verify_pss(const Certificate& signer, const PssParameters& parameters, ByteView message,
                ByteView signature);

}  // namespace culvert::crypto
