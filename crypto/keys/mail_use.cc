#include "crypto/keys/mail_use.h"

#include <array>
#include <utility>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/name_constraints.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kAuthority =
    "it is a CA certificate (basic constraints CA:TRUE): have one issued with CA:FALSE, which "
    "openssl does for `-addext basicConstraints=critical,CA:FALSE`";

using Usage = Botan::Key_Constraints;
constexpr std::array<std::pair<Usage::Bits, std::string_view>, 9> kUsages{{
    {Usage::DigitalSignature, "digitalSignature"},
    {Usage::NonRepudiation, "nonRepudiation"},
    {Usage::KeyEncipherment, "keyEncipherment"},
    {Usage::DataEncipherment, "dataEncipherment"},
    {Usage::KeyAgreement, "keyAgreement"},
    {Usage::KeyCertSign, "keyCertSign"},
    {Usage::CrlSign, "cRLSign"},
    {Usage::EncipherOnly, "encipherOnly"},
    {Usage::DecipherOnly, "decipherOnly"},
}};

std::string usages_of(const Certificate& certificate) {
  const Usage usage = certificate.parts().x509.constraints();
  std::string out;
  for (const auto& [bit, name] : kUsages) {
    if (usage.includes(bit)) out += (out.empty() ? "" : ", ") + std::string(name);
  }
  return out;
}

// `wanted` is what the key usage should list.
std::string objection_to_usage(const Certificate& certificate, std::string_view wanted) {
  const std::string kind = certificate.is_ca() ? "it is a CA certificate, and its" : "its";
  return kind + " key usage is " + usages_of(certificate) + ", without " + std::string(wanted);
}

std::string objection_to_purpose(const Certificate& certificate) {
  if (certificate.may_protect_mail()) return {};
  return "its extended key usage does not list emailProtection";
}

// Attack: Authority beyond its limits. A CA trusted only for some names holds the key of a
// certificate whose own subject may say anything.
std::string objection_to_own_names(const CertificateParts& authority) {
  NameConstraints own;
  if (!own.add(authority)) return "its name constraints cannot be read";
  const std::string why = own.objection_to(authority);
  return why.empty() ? why : "it is a CA certificate with a name beyond its limits: " + why;
}

}  // namespace

std::string objection_to_signer(const Certificate& certificate) {
  if (!certificate.may_sign()) {
    return objection_to_usage(certificate, "digitalSignature or nonRepudiation");
  }
  if (certificate.is_ca()) {
    if (const auto why = objection_to_own_names(certificate.parts()); !why.empty()) return why;
  }
  return objection_to_purpose(certificate);
}

std::string objection_to_own_signer(const Certificate& certificate) {
  if (!certificate.objection().empty()) return certificate.objection();
  const std::string why = objection_to_signer(certificate);
  return why.empty() && certificate.is_ca() ? std::string(kAuthority) : why;
}

std::string objection_to_recipient(const Certificate& certificate) {
  if (!certificate.objection().empty()) return certificate.objection();
  if (certificate.is_ca()) return std::string(kAuthority);
  if (!certificate.may_agree() && !certificate.may_encipher_keys()) {
    return objection_to_usage(certificate, "keyEncipherment or keyAgreement");
  }
  return objection_to_purpose(certificate);
}

}  // namespace culvert::crypto
