#include "crypto/keys/extensions.h"

#include <botan/x509_ext.h>
#include <botan/x509cert.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "crypto/base/log.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxShownOctets = 80;
constexpr std::string_view kKeyUsage = "2.5.29.15";
constexpr std::string_view kBasicConstraints = "2.5.29.19";
constexpr std::string_view kExtendedKeyUsage = "2.5.29.37";

// Extensions that we read through Botan. It silently skips malformed ones.
constexpr std::array kRead{kKeyUsage, kSubjectAltName, kBasicConstraints, kExtendedKeyUsage};

// Other extensions that may be critical: names and policies (name_constraints.h, policies.h). The
// rest demand nothing of a chain: key identifiers, other names of the issuer, and where to find
// revocation data and the issuer.
constexpr std::array<std::string_view, 10> kUnderstood{
    kNameConstraints,  kCertificatePolicies, kPolicyMappings, kPolicyConstraints,
    kInhibitAnyPolicy, "2.5.29.14",          "2.5.29.18",     "2.5.29.31",
    "2.5.29.35",       "1.3.6.1.5.5.7.1.1"};

// Their usual names; the number is always shown too.
constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kNames{{
    {kKeyUsage, "keyUsage"},
    {kSubjectAltName, "subjectAltName"},
    {kBasicConstraints, "basicConstraints"},
    {kExtendedKeyUsage, "extKeyUsage"},
    {kNameConstraints, "nameConstraints"},
    {kCertificatePolicies, "certificatePolicies"},
    {kPolicyMappings, "policyMappings"},
    {kPolicyConstraints, "policyConstraints"},
    {kInhibitAnyPolicy, "inhibitAnyPolicy"},
    {"2.5.29.9", "subjectDirectoryAttributes"},
    {"2.5.29.14", "subjectKeyIdentifier"},
    {"2.5.29.16", "privateKeyUsagePeriod"},
    {"2.5.29.18", "issuerAltName"},
    {"2.5.29.31", "cRLDistributionPoints"},
    {"2.5.29.35", "authorityKeyIdentifier"},
    {"2.5.29.46", "freshestCRL"},
    {"1.3.6.1.5.5.7.1.1", "authorityInfoAccess"},
    {"1.3.6.1.5.5.7.1.3", "qcStatements"},
    {"1.3.6.1.5.5.7.1.24", "tlsFeature"},
    {"1.3.6.1.4.1.311.21.7", "Microsoft's certificate template"},
    {"2.16.840.1.113730.1.1", "Netscape's certificate type"},
}};

template <typename List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// `subjectAltName (2.5.29.17)`
std::string shown(const std::string& oid) {
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& row) { return row.first == oid; });
  const std::string number = printable(oid, kMaxShownOctets);
  return found == kNames.end() ? number : std::string(found->second) + " (" + number + ")";
}

// RFC 5280, 4.2.1.6, requires a name in subjectAltName, but openssl's `email:copy` writes an empty
// list for a subject without an address. Such a list counts as absent.
bool is_empty_list(const Botan::Extensions& extensions, const Botan::OID& oid) {
  const Bytes empty{0x30, 0};
  return oid.to_string() == kSubjectAltName && extensions.get_extension_bits(oid) == empty;
}

}  // namespace

std::optional<Bytes> extension_of(const Botan::X509_Certificate& x509, std::string_view oid) {
  const Botan::Extensions& extensions = x509.v3_extensions();
  const Botan::OID wanted{std::string(oid)};
  if (!extensions.extension_set(wanted)) return std::nullopt;
  return extensions.get_extension_bits(wanted);
}

std::string objection_to_extensions(const Botan::X509_Certificate& x509) {
  const Botan::Extensions& extensions = x509.v3_extensions();
  std::set<std::string> seen;
  for (const Botan::OID& oid : extensions.get_extension_oids()) {
    const std::string text = oid.to_string();
    if (!seen.insert(text).second) return "its extension " + shown(text) + " is there twice";
    const auto* object = extensions.get_extension_object(oid);
    const bool is_raw = dynamic_cast<const Botan::Cert_Extension::Unknown_Extension*>(object);
    const bool is_read = contains(kRead, text);
    if (is_raw && is_read && !is_empty_list(extensions, oid)) {
      return "its extension " + shown(text) + " cannot be read";
    }
    if (!is_read && !contains(kUnderstood, text) && extensions.critical_extension_set(oid)) {
      return "its critical extension " + shown(text) +
             " is not known here and may forbid this use (RFC 5280, 4.2)";
    }
  }
  return {};
}

}  // namespace culvert::crypto
