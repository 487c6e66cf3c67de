// Object identifiers (X.660) as the content octets of their encoding (X.690, 8.19), made from the
// dotted form at compile time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

class Oid {
 public:
  static constexpr std::size_t kMaxOctets = 20;

  // `2.16.840.1.101.3.4.1.46`; checked by the compiler.
  consteval explicit Oid(std::string_view dotted) {
    std::uint64_t first = take_arc(dotted);
    put_arc(first * 40 + take_arc(dotted));
    while (!dotted.empty())
      put_arc(take_arc(dotted));
  }

  constexpr ByteView octets() const { return {octets_.data(), size_}; }

  friend bool operator==(const Oid& oid, ByteView octets) {
    return as_text(oid.octets()) == as_text(octets);
  }

 private:
  static consteval std::uint64_t take_arc(std::string_view& dotted) {
    std::uint64_t value = 0;
    if (dotted.empty()) throw "an arc is missing";
    while (!dotted.empty() && dotted.front() != '.') {
      if (dotted.front() < '0' || dotted.front() > '9') throw "not a digit";
      value = value * 10 + static_cast<std::uint64_t>(dotted.front() - '0');
      dotted.remove_prefix(1);
    }
    if (!dotted.empty()) dotted.remove_prefix(1);
    return value;
  }
  consteval void put_arc(std::uint64_t value) {
    int groups = 1;
    while (groups < 9 && (value >> (7 * groups)) != 0)
      ++groups;
    for (int i = groups - 1; i >= 0; --i) {
      const auto low = static_cast<std::uint8_t>((value >> (7 * i)) & 0x7f);
      octets_[size_++] = static_cast<std::uint8_t>(i == 0 ? low : low | 0x80);
    }
  }

  std::array<std::uint8_t, kMaxOctets> octets_{};
  std::size_t size_ = 0;
};

// True for content octets that X.690, 8.19, allows: not empty, complete, no arc with leading zeros.
bool is_oid(ByteView octets);

// Dotted form of such octets, for people; `?` if they are no OID.
std::string oid_text(ByteView octets);

// Content types (RFC 5652, 5083; RFC 3274) and where they are nested.
inline constexpr Oid kOidData{"1.2.840.113549.1.7.1"};
inline constexpr Oid kOidSignedData{"1.2.840.113549.1.7.2"};
inline constexpr Oid kOidEnvelopedData{"1.2.840.113549.1.7.3"};
inline constexpr Oid kOidDigestedData{"1.2.840.113549.1.7.5"};
inline constexpr Oid kOidEncryptedData{"1.2.840.113549.1.7.6"};
inline constexpr Oid kOidAuthenticatedData{"1.2.840.113549.1.9.16.1.2"};
inline constexpr Oid kOidCompressedData{"1.2.840.113549.1.9.16.1.9"};
inline constexpr Oid kOidAuthEnvelopedData{"1.2.840.113549.1.9.16.1.23"};

// Attributes.
inline constexpr Oid kOidContentType{"1.2.840.113549.1.9.3"};
inline constexpr Oid kOidMessageDigest{"1.2.840.113549.1.9.4"};
inline constexpr Oid kOidSigningTime{"1.2.840.113549.1.9.5"};
inline constexpr Oid kOidSmimeCapabilities{"1.2.840.113549.1.9.15"};
inline constexpr Oid kOidSignatureType{"1.2.840.113549.1.9.16.2.28"};
inline constexpr Oid kOidSigningCertificateV2{"1.2.840.113549.1.9.16.2.47"};
inline constexpr Oid kOidAlgorithmProtection{"1.2.840.113549.1.9.52"};

// Values of signatureType (RFC 3183, 3.1).
inline constexpr Oid kOidOriginatorSignature{"1.2.840.113549.1.9.16.9.1"};
inline constexpr Oid kOidDomainSignature{"1.2.840.113549.1.9.16.9.2"};
inline constexpr Oid kOidAdditionalAttributesSignature{"1.2.840.113549.1.9.16.9.3"};
inline constexpr Oid kOidReviewSignature{"1.2.840.113549.1.9.16.9.4"};

}  // namespace culvert::crypto
