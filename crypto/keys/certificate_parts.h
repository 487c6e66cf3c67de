// What certificates are made of. For the sources of crypto/keys alone: it names types of Botan,
// which stay behind certificate.h.
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

// Verifiers that rest between two signatures. One holds tables of multiples of its point, which
// take as long to make as a verification takes, and serves one thread at a time.
class VerifierPool {
 public:
  // One that rests, or a new one. May throw.
  std::unique_ptr<Botan::PK_Verifier> take(const Botan::Public_Key& key, SignatureScheme scheme);
  void give_back(SignatureScheme scheme, std::unique_ptr<Botan::PK_Verifier> verifier);

 private:
  static constexpr std::size_t kMostResting = 8;
  std::mutex mutex_;
  std::multimap<SignatureScheme, std::unique_ptr<Botan::PK_Verifier>> resting_;
};

struct CertificateParts {
  Bytes der;
  // TBSCertificate in `der`: what its issuer signed.
  ByteView signed_body;
  // Its times, its names and what it was signed over are others than in `der` if those are out of
  // Botan's reach: not_before, not_after, subject_der, issuer_der and signed_body count
  // (certificate_fields.h).
  Botan::X509_Certificate x509;
  // objection_to_extensions of extensions.h.
  std::string objection;
  // Nothing if there is an objection, the kind of key is not known, the key is larger than
  // kMaxPublicKeyBytes, or it is a point of low order.
  std::unique_ptr<const Botan::Public_Key> key;
  KeyKind kind = KeyKind::other;
  // is_old_authority of certificate_signature.h, if Botan was shown other octets than the signed.
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

// True if issuer and subject have the same name: an authority's next certificate, or its first.
inline bool is_self_issued(const CertificateParts& parts) { return parts.subject == parts.issuer; }
// Its name in a sentence: Certificate::shown_name.
std::string shown_name(const CertificateParts& parts);

}  // namespace culvert::crypto
