// SHA-256, SHA-512 and HMAC-SHA-256 in one call, for hashes outside CMS: fingerprints, invitations,
// proofs, tokens. CMS picks its digests from its own table. Thread-safe.
#pragma once

#include <array>
#include <initializer_list>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

// SHA-256 over the parts, one after the other.
Sha256 sha256(std::initializer_list<ByteView> parts);
inline Sha256 sha256(ByteView all) { return sha256({all}); }

using Sha512 = std::array<std::uint8_t, 64>;

// SHA-512 over the parts, one after the other.
Sha512 sha512(std::initializer_list<ByteView> parts);

// HMAC-SHA-256 (RFC 2104) over the parts, one after the other. The key may have any length.
Sha256 hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);

}  // namespace culvert::crypto
