// Object identifiers of PKCS#12 (RFC 7292, appendix D) and of its parts. For the sources of
// crypto/keys only.
#pragma once

#include <string_view>

namespace culvert::crypto::pkcs12 {

inline constexpr std::string_view kData = "1.2.840.113549.1.7.1";
inline constexpr std::string_view kSignedData = "1.2.840.113549.1.7.2";
inline constexpr std::string_view kEnvelopedData = "1.2.840.113549.1.7.3";
inline constexpr std::string_view kEncryptedData = "1.2.840.113549.1.7.6";

inline constexpr std::string_view kKeyBag = "1.2.840.113549.1.12.10.1.1";
inline constexpr std::string_view kShroudedKeyBag = "1.2.840.113549.1.12.10.1.2";
inline constexpr std::string_view kCertificateBag = "1.2.840.113549.1.12.10.1.3";
inline constexpr std::string_view kSafeContentsBag = "1.2.840.113549.1.12.10.1.6";

inline constexpr std::string_view kX509Certificate = "1.2.840.113549.1.9.22.1";
inline constexpr std::string_view kFriendlyName = "1.2.840.113549.1.9.20";
inline constexpr std::string_view kLocalKeyId = "1.2.840.113549.1.9.21";

inline constexpr std::string_view kPbmac1 = "1.2.840.113549.1.5.14";

}  // namespace culvert::crypto::pkcs12
