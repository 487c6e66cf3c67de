// The parts of a certificate. For the sources of crypto/keys only: it names types of Botan, which
// stay behind certificate.h.
#pragma once

#include <botan/pk_keys.h>
#include <botan/pubkey.h>
#include <botan/x509cert.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/keys/certificate.h"
#include "crypto/keys/comparable_name.h"
#include "crypto/keys/signature.h"

namespace culvert::crypto {

// Keeps idle verifiers for reuse. A verifier holds tables of multiples of its point, which take as
// long to build as a verification takes, and serves one thread at a time.
class VerifierPool {
 public:
  // An idle verifier, or a new one. May throw.
  std::unique_ptr<Botan::PK_Verifier> take(const Botan::Public_Key& key, SignatureScheme scheme);
  void give_back(SignatureScheme scheme, std::unique_ptr<Botan::PK_Verifier> verifier);

 private:
  static constexpr std::size_t kMostResting = 8;
  std::mutex mutex_;
  std::multimap<SignatureScheme, std::unique_ptr<Botan::PK_Verifier>> resting_;
};

struct CertificateParts {
  Bytes der;
  // TBSCertificate in `der`: what the issuer signed.
  ByteView signed_body;
  // If Botan cannot read the times or names in `der`, `x509` has others, and so other signed
  // octets. Then not_before, not_after, subject_der, issuer_der and signed_body are the right ones
  // (certificate_fields.h).
  Botan::X509_Certificate x509;
  // The result of objection_to_extensions (extensions.h).
  std::string objection;
  // Nothing if there is an objection, if the kind of the key is not known, if the key is larger
  // than kMaxPublicKeyBytes, or if it is a point of low order.
  std::unique_ptr<const Botan::Public_Key> key;
  KeyKind kind = KeyKind::other;
  // The result of is_old_authority (certificate_signature.h) if Botan was shown octets other than
  // the signed ones.
  bool is_old_authority = false;
  Bytes serial;
  Time not_before{};
  Time not_after{};
  KeyId key_id;
  Fingerprint hash;
  std::vector<Mailbox> addresses;
  // The Names as they stand in `der`.
  Bytes subject_der;
  Bytes issuer_der;
  ComparableName subject;
  ComparableName issuer;
  mutable VerifierPool verifiers;
};

// True if issuer and subject have the same name: a CA's first certificate or a later one of its
// own.
inline bool is_self_issued(const CertificateParts& parts) { return parts.subject == parts.issuer; }
// Its name for use in a sentence: Certificate::shown_name.
std::string shown_name(const CertificateParts& parts);

}  // namespace culvert::crypto
