#include "crypto/keys/chain_path.h"

#include "crypto/keys/library_keys.h"

namespace culvert::crypto {
Objection objection_to_issuer(const Certificate& certificate, Time t) {
  const CertificateParts& parts = certificate.parts();
  const std::string who = "the issuer " + shown_name(parts);
  if (!certificate.valid_at(t)) {
    return who + " is valid only from " + to_rfc3339(certificate.not_before()) + " to " +
           to_rfc3339(certificate.not_after());
  }
  if (!certificate.is_ca()) return who + " is no CA";
  if (!certificate.may_issue()) return who + " has a key usage that does not allow keyCertSign";
  if (!parts.objection.empty()) return who + " cannot be used: " + parts.objection;
  if (!parts.key || !preferred_scheme(parts.kind)) {
    return who + " has a key of a kind that is not used: " + certificate.key_text();
  }
  if (!may_compute_with(parts)) return who + " has a key of a size that is not used";
  return {};
}

bool may_compute_with(const CertificateParts& certificate) {
  return certificate.key && preferred_scheme(certificate.kind) && is_bounded(*certificate.key);
}

ChainPath::ChainPath(const CertificateParts& anchor) { objection_ = demand(anchor); }

Objection ChainPath::add(const CertificateParts& certificate, ChainPlace place) {
  if (objection_.empty() && !certificate.objection.empty()) {
    objection_ = shown_name(certificate) + " cannot be used: " + certificate.objection;
  }
  if (!objection_.empty()) return objection_;
  // An issuer's own next certificate bears the issuer's name, which may lie outside what it may
  // issue for.
  const bool steps_down = !is_self_issued(certificate);
  if (steps_down || place == ChainPlace::last) {
    objection_ = names_.objection_to(certificate);
    if (!objection_.empty()) return objection_;
  }
  const bool has_policy = place == ChainPlace::last ? policies_.add_last(certificate)
                                                    : policies_.add_issuer(certificate);
  if (!has_policy) {
    return objection_ = "an issuer demands a certificate policy that " + shown_name(certificate) +
                        " does not have";
  }
  if (place == ChainPlace::last) return {};
  if (steps_down) {
    if (issuers_left_ == 0) {
      return objection_ = "the issuer " + shown_name(certificate) +
                          " stands further below another than that one's path length allows";
    }
    --issuers_left_;
  }
  return objection_ = demand(certificate);
}

Objection ChainPath::demand(const CertificateParts& issuer) {
  if (const auto most = issuer.x509.path_length_constraint()) {
    issuers_left_ = std::min(issuers_left_, *most);
  }
  if (!names_.add(issuer))
    return "the name constraints of " + shown_name(issuer) + " cannot be read";
  return {};
}

}  // namespace culvert::crypto
