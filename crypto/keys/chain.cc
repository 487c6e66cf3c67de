#include "crypto/keys/chain.h"

#include <botan/certstor.h>
#include <botan/x509path.h>

#include <algorithm>
#include <exception>

#include "crypto/base/log.h"
#include "crypto/keys/parts.h"

namespace culvert::crypto {
namespace {

Error not_issued(std::string_view why) {
  return permanent_error("not-issued-by-identity",
                         "the certificate is not issued by the identity: " + std::string(why));
}

Error expired(const Certificate& certificate) {
  return permanent_error("certificate-expired", "the certificate of " + certificate.subject_text() +
                                                    " is valid only from " +
                                                    to_rfc3339(certificate.not_before()) + " to " +
                                                    to_rfc3339(certificate.not_after()));
}

Error untrusted(std::string_view why) {
  return permanent_error("untrusted", "no chain leads from the certificate to a trusted one",
                         printable(why));
}

// RSA of 1,024 bits counts as 80 bits of strength; weaker keys are refused everywhere.
Botan::Path_Validation_Restrictions restrictions() {
  constexpr std::size_t kLeastStrengthBits = 80;
  return {
      false,
      kLeastStrengthBits,
      false,
      {"SHA-256", "SHA-384", "SHA-512", "SHA-3(256)", "SHA-3(384)", "SHA-3(512)", "SHAKE-256(912)"},
      std::chrono::seconds::zero(),
      std::make_unique<Botan::Certificate_Store_In_Memory>(),
      false,
      false};
}

}  // namespace

Status check_issued_by(const Certificate& certificate, const Certificate& identity, Time t) {
  if (certificate.issuer() != identity.subject()) return not_issued("it names another issuer");
  if (!identity.may_issue()) return not_issued("the identity is no certification authority");
  if (certificate.is_ca()) return not_issued("it is a certification authority itself");
  if (!certificate.signature_verifies_under(identity)) return not_issued("its signature is wrong");
  if (!certificate.valid_at(t) || !identity.valid_at(t)) {
    return expired(certificate);
  }
  return done();
}

Status check_identity(const Certificate& identity) {
  const bool is_one = identity.key_kind() == KeyKind::ec_p256 && identity.may_issue() &&
                      identity.issuer() == identity.subject() &&
                      identity.subject_serial_number() == identity.key_id().hex() &&
                      identity.signature_verifies_under(identity);
  if (!is_one) {
    return permanent_error("bad-identity",
                           "not the certificate of a node's identity (a self-signed P-256 CA that "
                           "holds its own fingerprint)");
  }
  return done();
}

Status check_chain(const Certificate& certificate, const ChainMaterial& material, Time t) {
  if (!certificate.valid_at(t)) return expired(certificate);
  const auto& anchors = material.anchors;
  if (std::find(anchors.begin(), anchors.end(), certificate) != anchors.end()) return done();
  if (material.intermediates.size() > kMaxChainCandidates) return untrusted("too many candidates");
  Botan::Certificate_Store_In_Memory trusted;
  for (const Certificate& anchor : anchors)
    trusted.add_certificate(anchor.parts().x509);
  std::vector<Botan::X509_Certificate> chain{certificate.parts().x509};
  for (const Certificate& one : material.intermediates)
    chain.push_back(one.parts().x509);
  try {
    const auto result = Botan::x509_path_validate(
        chain, restrictions(), {&trusted}, "", Botan::Usage_Type::UNSPECIFIED,
        std::chrono::system_clock::time_point(t.time_since_epoch()));
    if (!result.successful_validation()) return untrusted(result.result_string());
    if (result.cert_path().size() > kMaxChainLength) return untrusted("the chain is too long");
    return done();
  } catch (const std::exception& e) {
    return untrusted(e.what());
  }
}

}  // namespace culvert::crypto
