// RSASSA-PSS-params (RFC 4056; RFC 8017, A.2.3): read strictly, written in the form that other
// software writes.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// Rows may be broken ones: by default the hashes are SHA-1.
struct PssAlgorithm {
  const DigestRow* hash;
  const DigestRow* mgf_hash;
  std::size_t salt_bytes;
};

// The parameters as they stood on the wire, a whole element or empty. DER, but for defaults, which
// may be spelled out; the mask generation function is MGF1, trailerField is 1. Refusal:
// bad-signature-parameters.
Result<PssAlgorithm> read_pss_parameters(ByteView element);

// The same hash for message and mask, a salt as long as the hash.
Bytes der_pss_parameters(const DigestRow& hash);

// Done if the certificate's key may be used with these parameters. One of OID id-RSASSA-PSS may
// demand both hashes and a least length of the salt (RFC 4055, 1.2). Refusal:
// unsupported-signature.
Status check_pss_key(const Certificate& certificate, const PssAlgorithm& used);

// The parameters that we write for a scheme of RSASSA-PSS; nothing for any other.
std::optional<PssAlgorithm> written_pss(SignatureScheme scheme);
// That of the smallest digest which the key of such a certificate allows; nothing if it allows
// none.
std::optional<SignatureScheme> pss_scheme_for(const Certificate& certificate);

}  // namespace culvert::crypto
