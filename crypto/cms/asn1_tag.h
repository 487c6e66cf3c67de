// Identifier octets of ASN.1 elements (X.690, 8.1.2), low tag numbers only: CMS uses no others.
#pragma once

#include <cstdint>

namespace culvert::crypto {

inline constexpr std::uint8_t kTagEnd = 0x00;  // end-of-contents; never an element
inline constexpr std::uint8_t kTagBoolean = 0x01;
inline constexpr std::uint8_t kTagInteger = 0x02;
inline constexpr std::uint8_t kTagBitString = 0x03;
inline constexpr std::uint8_t kTagOctetString = 0x04;
inline constexpr std::uint8_t kTagNull = 0x05;
inline constexpr std::uint8_t kTagOid = 0x06;
inline constexpr std::uint8_t kTagUtcTime = 0x17;
inline constexpr std::uint8_t kTagGeneralizedTime = 0x18;
inline constexpr std::uint8_t kTagSequence = 0x30;
inline constexpr std::uint8_t kTagSet = 0x31;

inline constexpr std::uint8_t kConstructedBit = 0x20;

// [number], constructed or primitive, of class context-specific.
constexpr std::uint8_t context_tag(std::uint8_t number) {
  return static_cast<std::uint8_t>(0xa0 | number);
}
constexpr std::uint8_t primitive_context_tag(std::uint8_t number) {
  return static_cast<std::uint8_t>(0x80 | number);
}

}  // namespace culvert::crypto
