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

// What the signature is to be checked against.
struct SignedContent {
  ByteView content_type;  // content octets of the OID
  const Digester& digests;
};

// Everything that formats.md demands of one signature. `candidates` are tried in order; only those
// that the signer's name calls.
SignerResult judge_signer(const SignerInfo& info, const SignedContent& content,
                          const std::vector<Certificate>& candidates);

// A SignerInfo in DER over content with this digest. `digest` is the row of `scheme`.
struct SigningPlan {
  const DigestRow* digest;
  const SignatureRow* signature;
};
// The algorithms for a certificate's key; internal `bad-key-use` if it cannot sign.
Result<SigningPlan> plan_signature(const Certificate& certificate);
Result<Bytes> make_signer_info(const SigningOptions& options, const SigningPlan& plan,
                               ByteView message_digest, const KeyRing& keys);

}  // namespace culvert::crypto
