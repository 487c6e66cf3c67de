#include "crypto/keys/chain_path.h"

#include <botan/x509_ext.h>

#include <algorithm>
#include <array>
#include <set>

namespace culvert::crypto {
namespace {

constexpr std::string_view kKeyUsage = "2.5.29.15";
constexpr std::string_view kSubjectAltName = "2.5.29.17";
constexpr std::string_view kBasicConstraints = "2.5.29.19";
constexpr std::string_view kExtendedKeyUsage = "2.5.29.37";

// Extensions of which Botan tells us what we ask; wrong ones it passes over in silence.
constexpr std::array kRead{kKeyUsage, kSubjectAltName, kBasicConstraints, kExtendedKeyUsage};

// Extensions that may be critical besides: names and policies (name_constraints.h, policies.h).
// The others demand nothing of a chain: identifiers of keys, other names of the issuer, where to
// ask for revocation and for the issuer.
constexpr std::array<std::string_view, 10> kUnderstood{
    "2.5.29.30", "2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54",
    "2.5.29.14", "2.5.29.18", "2.5.29.31", "2.5.29.35", "1.3.6.1.5.5.7.1.1"};

template <typename List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Objection objection_to(const Botan::Extensions& extensions) {
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

bool is_self_issued(const CertificateParts& parts) { return parts.subject == parts.issuer; }

}  // namespace

Objection objection_to_issuer(const Certificate& certificate, Time t) {
  const CertificateParts& parts = certificate.parts();
  if (!certificate.valid_at(t)) return "an issuer is not valid at that time";
  if (!certificate.may_issue()) return "an issuer may not issue";
  if (!parts.key || !preferred_scheme(parts.kind) || !is_bounded(*parts.key)) {
    return "an issuer has a key that is not used";
  }
  return {};
}

ChainPath::ChainPath(const CertificateParts& anchor) {
  objection_ = objection_to(anchor.x509.v3_extensions());
  if (objection_.empty()) objection_ = demand(anchor);
}

Objection ChainPath::add(const CertificateParts& certificate, ChainPlace place) {
  if (objection_.empty()) objection_ = objection_to(certificate.x509.v3_extensions());
  if (!objection_.empty()) return objection_;
  // An issuer's own next certificate bears its name, which need not lie where it may issue.
  const bool steps_down = !is_self_issued(certificate);
  if ((steps_down || place == ChainPlace::last) && !names_.allow(certificate)) {
    return objection_ = "an issuer does not allow a name";
  }
  const bool has_policy = place == ChainPlace::last ? policies_.add_last(certificate)
                                                    : policies_.add_issuer(certificate);
  if (!has_policy) return objection_ = "an issuer demands a policy that is not there";
  if (place == ChainPlace::last) return {};
  if (steps_down) {
    if (issuers_left_ == 0) return objection_ = "an issuer stands too far below another";
    --issuers_left_;
  }
  return objection_ = demand(certificate);
}

Objection ChainPath::demand(const CertificateParts& issuer) {
  if (const auto most = issuer.x509.path_length_constraint()) {
    issuers_left_ = std::min(issuers_left_, *most);
  }
  if (!names_.add(issuer)) return "name constraints cannot be read";
  return {};
}

}  // namespace culvert::crypto
