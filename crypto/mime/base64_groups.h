// Whole groups of base64 (RFC 4648, 4: three octets, four characters), without lines, padding or
// state. base64.h spends its time here. Uses tables, and AVX2 where the processor has it.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// Value of a character of the alphabet; kNotBase64 for any other, including '='.
inline constexpr std::uint8_t kNotBase64 = 0xff;
extern const std::array<std::uint8_t, 256> kBase64Values;
inline std::uint8_t base64_value(char c) { return kBase64Values[static_cast<unsigned char>(c)]; }

// Encodes `octets`, a multiple of three of them, to `text`, which has room for four characters for
// each three octets.
void encode_groups(ByteView octets, std::uint8_t* text);

// The inverse: `text` is a multiple of four characters. False if one of them is outside the
// alphabet; then what was written to `octets` is meaningless.
bool decode_groups(ByteView text, std::uint8_t* octets);

// The same with tables only, as without AVX2; for tests and for comparison.
void encode_groups_by_table(ByteView octets, std::uint8_t* text);
bool decode_groups_by_table(ByteView text, std::uint8_t* octets);

}  // namespace culvert::crypto
