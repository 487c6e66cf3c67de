#include "crypto/keys/chain_path.h"

namespace culvert::crypto {
Objection objection_to_issuer(const Certificate& certificate, Time t) {
  const CertificateParts& parts = certificate.parts();
  if (!certificate.valid_at(t)) return "an issuer is not valid at that time";
  if (!certificate.may_issue()) return "an issuer may not issue";
  if (!parts.key || !preferred_scheme(parts.kind) || !is_bounded(*parts.key)) {
    return "an issuer has a key that is not used";
  }
  return {};
}

ChainPath::ChainPath(const CertificateParts& anchor) { objection_ = demand(anchor); }

Objection ChainPath::add(const CertificateParts& certificate, ChainPlace place) {
  if (objection_.empty()) objection_ = certificate.objection;
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
