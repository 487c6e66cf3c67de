// SignerInfo (RFC 5652, 5.3): one signature, read, judged, made.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/attributes.h"
#include "crypto/cms/digester.h"
#include "crypto/cms/signed_data.h"

namespace culvert::crypto {

struct SignerInfo {
  CertificateName name;
  AlgorithmName digest;
  Bytes signed_attributes;  // the whole element [0]; empty if absent
  AlgorithmName signature_algorithm;
  Bytes signature;
};

// A whole SignerInfo element.
Result<SignerInfo> read_signer_info(ByteView element);

// What a signature is checked against.
struct SignedContent {
  ByteView content_type;  // content octets of the OID
  const Digester& digests;
};

// Checks everything that smime-profile.md, "Signatures", demands; one result for each signer.
// `candidates` are tried in order: only those that the signer's name refers to, and few of one name
// (kMaxMoreTrials).
std::vector<SignerResult> judge_signers(const std::vector<SignerInfo>& signers,
                                        const SignedContent& content,
                                        const std::vector<Certificate>& candidates);

// The algorithms of one signature. `digest` is the row of the scheme.
struct SigningPlan {
  SigningKey key;
  const DigestRow* digest;
  const SignatureRow* signature;
};
// internal `bad-key-use` if the certificate's key cannot sign so.
Result<SigningPlan> plan_signature(const SigningKey& key);

// A SignerInfo in DER over content with this digest. From `options` it takes what is signed besides
// the digest, not the keys.
Result<Bytes> make_signer_info(const SigningOptions& options, const SigningPlan& plan,
                               ByteView message_digest, const KeyRing& keys);

}  // namespace culvert::crypto
