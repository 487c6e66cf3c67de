// Whole groups of base64 (RFC 4648, 4: three octets, four characters), without lines, padding or
// state: where base64.h spends its time. By tables, and with AVX2 where the processor has it.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// Value of a character of the alphabet; kNotBase64 for any other, '=' among them.
inline constexpr std::uint8_t kNotBase64 = 0xff;
extern const std::array<std::uint8_t, 256> kBase64Values;
inline std::uint8_t base64_value(char c) { return kBase64Values[static_cast<unsigned char>(c)]; }

// The characters of `octets`, a multiple of three of them, go to `text`, which has room for four
// for each three.
void encode_groups(ByteView octets, std::uint8_t* text);

// The inverse: `text` is a multiple of four characters. False if one of them is outside the
// alphabet; what was written to `octets` means nothing then.
bool decode_groups(ByteView text, std::uint8_t* octets);

// The same by tables alone, as it runs without AVX2; for tests and for comparison.
void encode_groups_by_table(ByteView octets, std::uint8_t* text);
bool decode_groups_by_table(ByteView text, std::uint8_t* octets);

}  // namespace culvert::crypto
