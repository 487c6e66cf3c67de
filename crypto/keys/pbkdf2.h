// Derives keys from passwords as CMS, PKCS#8 and PKCS#12 do: PBKDF2 (RFC 8018, 5.2).
#pragma once

#include "crypto/base/bytes.h"

namespace culvert::crypto {

enum class Pbkdf2Hash { sha1, sha224, sha256, sha384, sha512 };

// Each iteration is work that a stranger's message asks us to do (smime-profile.md, "Limits"). At
// this bound a derivation takes some seconds. Only a caller that was given a password spends them.
inline constexpr std::uint64_t kMaxPbkdf2Iterations = 10'000'000;
inline constexpr std::size_t kMaxPbkdf2SaltBytes = 1024;

struct Pbkdf2 {
  Pbkdf2Hash hash = Pbkdf2Hash::sha256;
  Bytes salt;
  std::uint64_t iterations = 0;  // 1 to kMaxPbkdf2Iterations
  std::size_t key_bytes = 0;
};

// Deterministic. `parameters` must be within the bounds above. Thread-safe.
SecretBytes pbkdf2(ByteView password, const Pbkdf2& parameters);

}  // namespace culvert::crypto
