#include "crypto/keys/extensions.h"

#include <botan/x509_ext.h>
#include <botan/x509cert.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace culvert::crypto {
namespace {

constexpr std::string_view kKeyUsage = "2.5.29.15";
constexpr std::string_view kBasicConstraints = "2.5.29.19";
constexpr std::string_view kExtendedKeyUsage = "2.5.29.37";

// Extensions of which Botan tells us what we ask; wrong ones it passes over in silence.
constexpr std::array kRead{kKeyUsage, kSubjectAltName, kBasicConstraints, kExtendedKeyUsage};

// Extensions that may be critical besides: names and policies (name_constraints.h, policies.h).
// The others demand nothing of a chain: identifiers of keys, other names of the issuer, where to
// ask for revocation and for the issuer.
constexpr std::array<std::string_view, 10> kUnderstood{
    kNameConstraints,  kCertificatePolicies, kPolicyMappings, kPolicyConstraints,
    kInhibitAnyPolicy, "2.5.29.14",          "2.5.29.18",     "2.5.29.31",
    "2.5.29.35",       "1.3.6.1.5.5.7.1.1"};

template <typename List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

std::optional<Bytes> extension_of(const Botan::X509_Certificate& x509, std::string_view oid) {
  const Botan::Extensions& extensions = x509.v3_extensions();
  const Botan::OID wanted{std::string(oid)};
  if (!extensions.extension_set(wanted)) return std::nullopt;
  return extensions.get_extension_bits(wanted);
}

std::string_view objection_to_extensions(const Botan::X509_Certificate& x509) {
  const Botan::Extensions& extensions = x509.v3_extensions();
  std::set<std::string> seen;
  for (const Botan::OID& oid : extensions.get_extension_oids()) {
    const std::string text = oid.to_string();
    if (!seen.insert(text).second) return "an extension is there twice";
    const auto* object = extensions.get_extension_object(oid);
    const bool is_raw = dynamic_cast<const Botan::Cert_Extension::Unknown_Extension*>(object);
    const bool is_read = contains(kRead, text);
    if (is_raw && is_read) return "an extension cannot be read";
    if (!is_read && !contains(kUnderstood, text) && extensions.critical_extension_set(oid)) {
      return "a critical extension is not known";
    }
  }
  return {};
}

}  // namespace culvert::crypto
