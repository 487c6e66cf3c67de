#include "crypto/keys/chain.h"

namespace culvert::crypto {
namespace {

Error not_issued(std::string_view why) {
  return permanent_error("not-issued-by-identity",
                         "the certificate is not issued by the identity: " + std::string(why));
}

}  // namespace

Status check_issued_by(const Certificate& certificate, const Certificate& identity, Time t) {
  if (certificate.issuer() != identity.subject()) return not_issued("it names another issuer");
  if (!identity.may_issue()) return not_issued("the identity is no certification authority");
  if (certificate.is_ca()) return not_issued("it is a certification authority itself");
  if (!certificate.signature_verifies_under(identity)) return not_issued("its signature is wrong");
  if (!certificate.valid_at(t) || !identity.valid_at(t)) {
    return permanent_error("certificate-expired",
                           "the certificate of " + certificate.subject_text() +
                               " is valid only from " + to_rfc3339(certificate.not_before()) +
                               " to " + to_rfc3339(certificate.not_after()));
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

}  // namespace culvert::crypto
