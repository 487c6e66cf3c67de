#include "crypto/keys/chain_reason.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/keys/certificate_signature.h"

namespace culvert::crypto {
namespace {

// Hashes in certificate signatures, by Botan's names.
bool is_strong_hash(std::string_view name) {
  constexpr std::array<std::string_view, 7> kStrong{
      "SHA-256", "SHA-384", "SHA-512", "SHA-3(256)", "SHA-3(384)", "SHA-3(512)", "SHAKE-256(912)"};
  return std::find(kStrong.begin(), kStrong.end(), name) != kStrong.end();
}

// Signature algorithms that never count, whether or not they can be computed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWeak{{
    {"1.2.840.113549.1.1.2", "MD2"},
    {"1.2.840.113549.1.1.3", "MD4"},
    {"1.2.840.113549.1.1.4", "MD5"},
    {"1.2.840.113549.1.1.5", "SHA-1"},
    {"1.3.14.3.2.29", "SHA-1"},
    {"1.2.840.113549.1.1.14", "SHA-224"},
    {"1.2.840.10045.4.1", "SHA-1"},
    {"1.2.840.10045.4.3.1", "SHA-224"},
    {"1.2.840.10040.4.3", "DSA and SHA-1"},
    {"1.3.14.3.2.27", "DSA and SHA-1"},
    {"2.16.840.1.101.3.4.3.1", "DSA and SHA-224"},
    {"2.16.840.1.101.3.4.3.2", "DSA"},
}};

std::string_view weak_name(const CertificateParts& certificate) {
  const std::string oid = certificate.x509.signature_algorithm().oid().to_string();
  const auto* found =
      std::find_if(kWeak.begin(), kWeak.end(), [&](const auto& row) { return row.first == oid; });
  return found == kWeak.end() ? std::string_view() : found->second;
}

// The first certificate whose subject is the issuer of `of`; null if there is none.
const Certificate* issuer_among(const std::vector<Certificate>& all, const Certificate& of) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Certificate& one) { return names_as_issuer(of, one); });
  return found == all.end() ? nullptr : &*found;
}

Objection issuer_not_at_hand(const Certificate& certificate) {
  return "the certificate of " + certificate.issuer_text() + ", which issued that of " +
         certificate.shown_name() + ", is neither trusted nor in the message";
}

Objection issued_by_itself(const Certificate& certificate) {
  return "the chain ends at " + certificate.shown_name() +
         ", which issued itself and is not among the trusted certificates";
}

}  // namespace

bool names_as_issuer(const Certificate& certificate, const Certificate& issuer) {
  return certificate.parts().issuer == issuer.parts().subject;
}

IssuedBy compute_issued_by(const CertificateParts& certificate, const CertificateParts& issuer) {
  const std::string hash = hash_of_signature_by(*issuer.key, certificate);
  if (hash.empty()) return IssuedBy::wrong;
  return is_strong_hash(hash) ? IssuedBy::holds : IssuedBy::weak;
}

Objection objection_to_link(IssuedBy issued, const Certificate& certificate,
                            const Certificate& issuer) {
  const std::string link = "the signature of " + issuer.shown_name() +
                           " under the certificate of " + certificate.shown_name();
  if (issued == IssuedBy::not_asked) return "there are too many signatures of issuers to verify";
  const std::string_view weak = weak_name(certificate.parts());
  if (!weak.empty()) return link + " is made with " + std::string(weak) + ", which does not count";
  if (issued == IssuedBy::weak) return link + " is made with a hash weaker than SHA-256";
  return link + " is wrong";
}

Objection reason_without_chain(const Certificate& wanted, const ChainMaterial& material, Time t) {
  const Certificate* at = &wanted;
  for (std::size_t length = 1; length < kMaxChainLength; ++length) {
    if (is_self_issued(at->parts())) return issued_by_itself(*at);
    if (issuer_among(material.anchors, *at) != nullptr) break;
    const Certificate* issuer = issuer_among(material.intermediates, *at);
    if (issuer == nullptr) return issuer_not_at_hand(*at);
    if (const Objection why = objection_to_issuer(*issuer, t); !why.empty()) return why;
    if (!issuer->may_protect_mail()) {
      return "the issuer " + issuer->shown_name() +
             " issues for other purposes than mail: its extended key usage does not list "
             "emailProtection";
    }
    at = issuer;
  }
  return "the chain is longer than " + std::to_string(kMaxChainLength) + " certificates";
}

}  // namespace culvert::crypto
