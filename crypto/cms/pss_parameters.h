// RSASSA-PSS-params (RFC 4056; RFC 8017, A.2.3): read strictly, written in the form that other
// software writes.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// The rows may be broken ones: the default hash is SHA-1.
struct PssAlgorithm {
  const DigestRow* hash;
  const DigestRow* mgf_hash;
  std::size_t salt_bytes;
};

// Reads the parameters as on the wire: a whole element, or empty. They must be DER, but defaults
// may be spelled out. The mask generation function must be MGF1, and trailerField must be 1.
// Refusal: bad-signature-parameters.
Result<PssAlgorithm> read_pss_parameters(ByteView element);

// The same hash for message and mask, a salt as long as the hash.
Bytes der_pss_parameters(const DigestRow& hash);

// Done if the certificate's key may be used with these parameters. A key under the OID
// id-RSASSA-PSS may demand both hashes and a minimum salt length (RFC 4055, 1.2). Refusal:
// unsupported-signature.
Status check_pss_key(const Certificate& certificate, const PssAlgorithm& used);

// The parameters that we write for a scheme of RSASSA-PSS; nothing for any other.
std::optional<PssAlgorithm> written_pss(SignatureScheme scheme);
// The scheme with the smallest digest that the certificate's key allows; nothing if it allows none.
std::optional<SignatureScheme> pss_scheme_for(const Certificate& certificate);

}  // namespace culvert::crypto
