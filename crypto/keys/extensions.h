// The extensions that a certificate may have (RFC 5280, 4.2). For the sources of crypto/keys only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace Botan {
class X509_Certificate;
}

namespace culvert::crypto {

inline constexpr std::string_view kSubjectAltName = "2.5.29.17";
inline constexpr std::string_view kNameConstraints = "2.5.29.30";
inline constexpr std::string_view kCertificatePolicies = "2.5.29.32";
inline constexpr std::string_view kPolicyMappings = "2.5.29.33";
inline constexpr std::string_view kPolicyConstraints = "2.5.29.36";
inline constexpr std::string_view kInhibitAnyPolicy = "2.5.29.54";

// The content of the extension with the dotted OID `oid`; nothing if there is none.
std::optional<Bytes> extension_of(const Botan::X509_Certificate& x509, std::string_view oid);

// Why nobody may use the key of such a certificate, for people (`its critical extension … is not
// known`). An unknown critical extension may restrict the key in any way; a duplicate or unreadable
// one says nothing for sure. Empty if there is no objection.
std::string objection_to_extensions(const Botan::X509_Certificate& x509);

}  // namespace culvert::crypto
