#include "crypto/keys/certificate_signature.h"

#include "crypto/keys/library_keys.h"

#include <exception>

namespace culvert::crypto {

std::string hash_of_signature_by(const Botan::Public_Key& key,
                                 const CertificateParts& certificate) {
  try {
    // Botan's own check would cover the times that Botan was shown, not the signed ones
    // (certificate_fields.h).
    Botan::PK_Verifier verifier(key, certificate.x509.signature_algorithm());
    const bool holds =
        verifier.verify_message(certificate.signed_body, certificate.x509.signature());
    return holds ? verifier.hash_function() : std::string();
  } catch (const std::exception&) {
    return {};
  }
}

bool is_old_authority(const CertificateParts& certificate) {
  const auto& key = certificate.key;
  return certificate.x509.x509_version() < 3 && certificate.subject == certificate.issuer && key &&
         is_bounded(*key) && !hash_of_signature_by(*key, certificate).empty();
}

bool Certificate::signature_verifies_under(const Certificate& issuer) const {
  const auto& key = issuer.parts_->key;
  return key && !hash_of_signature_by(*key, *parts_).empty();
}

}  // namespace culvert::crypto
