// Groups of base64, eight at once with AVX2 (x86-64). Used by base64_groups.cc only, which checks
// the processor first.
#pragma once

#include <cstdint>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// What one step works on; neither function may be called with less.
inline constexpr std::size_t kAvx2Octets = 24;
inline constexpr std::size_t kAvx2Characters = 32;

inline bool has_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

// Like encode_groups and decode_groups, but only for processors that have AVX2.
void encode_groups_avx2(ByteView octets, std::uint8_t* text);
bool decode_groups_avx2(ByteView text, std::uint8_t* octets);

}  // namespace culvert::crypto
