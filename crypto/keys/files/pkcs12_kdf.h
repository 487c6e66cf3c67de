// Derives keys from passwords as PKCS#12 does (RFC 7292, appendix B), for its MAC and its old
// ciphers. For the sources of crypto/keys only. Thread-safe.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/pbkdf2.h"

namespace culvert::crypto {

// The purpose of the derived octets: the diversifier of B.3.
enum class Pkcs12Purpose : std::uint8_t { cipher_key = 1, iv = 2, mac_key = 3 };

struct Pkcs12Derivation {
  Pbkdf2Hash hash = Pbkdf2Hash::sha1;
  Bytes salt;                    // at most kMaxPbkdf2SaltBytes
  std::uint64_t iterations = 1;  // 1 and more, within PasswordRounds (password_hash.h)
};

// `bmp_password`: a BMPString with its final 00 00, or nothing at all. Deterministic.
SecretBytes pkcs12_derive(ByteView bmp_password, const Pkcs12Derivation& how, Pkcs12Purpose purpose,
                          std::size_t bytes);

}  // namespace culvert::crypto
