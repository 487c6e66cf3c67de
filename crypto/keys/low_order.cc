#include "crypto/keys/low_order.h"

#include <algorithm>
#include <array>

namespace culvert::crypto {
namespace {

constexpr std::size_t kEd25519Bytes = 32;
constexpr std::size_t kEd448Bytes = 57;

// The y of the points of order 8 on Ed25519, little-endian: the roots of d*y^4 + 2*y^2 - 1.
constexpr std::array<std::array<std::uint8_t, kEd25519Bytes>, 2> kOrder8{{
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
}};

// The primes of the fields, little-endian: 2^255 - 19, and 2^448 - 2^224 - 1.
Bytes prime_of(KeyKind kind) {
  if (kind == KeyKind::ed25519) {
    Bytes prime(kEd25519Bytes, 0xff);
    prime.front() = 0xed;
    prime.back() = 0x7f;
    return prime;
  }
  Bytes prime(kEd448Bytes, 0xff);
  prime[28] = 0xfe;
  prime.back() = 0;
  return prime;
}

// `number` is little-endian and below the field's size, so there is no carry out of it.
Bytes next(Bytes number) {
  for (std::uint8_t& octet : number) {
    if (++octet != 0) break;
  }
  return number;
}

Bytes before(Bytes number) {
  --number.front();  // the primes are odd
  return number;
}

}  // namespace

bool has_low_order(KeyKind kind, ByteView point) {
  const std::size_t size = kind == KeyKind::ed25519 ? kEd25519Bytes : kEd448Bytes;
  const bool is_edwards = kind == KeyKind::ed25519 || kind == KeyKind::ed448;
  if (!is_edwards || point.size() != size) return false;
  // The highest bit is the sign of x: a point and its negative have the same order.
  Bytes y(point.begin(), point.end());
  y.back() &= 0x7f;
  // Points of order 1, 2 and 4 have y = 1, -1 and 0.
  const Bytes zero(size);
  const Bytes prime = prime_of(kind);
  if (y == zero || y == prime) return true;
  if (y == next(zero) || y == next(prime) || y == before(prime)) return true;
  return kind == KeyKind::ed25519 &&
         std::any_of(kOrder8.begin(), kOrder8.end(), [&](const auto& one) {
           return std::equal(one.begin(), one.end(), y.begin(), y.end());
         });
}

}  // namespace culvert::crypto
