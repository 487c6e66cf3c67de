// The fields of a SignedData on the wire (RFC 5652, 5.1), read in their order. The readers of
// signed content and of certs-only use them.
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/signer_info.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/files/key_bundle.h"

namespace culvert::crypto {

// What comes before the content.
struct SignedHead {
  std::vector<const DigestRow*> digests;  // announced, and known here; each once
  Bytes content_type;                     // content octets of the OID
  bool has_content;
};

// Reads up to the content, or to where it would be. Refusals: not-cms and whatever is malformed.
Result<SignedHead> enter_signed_data(BerReader& ber);
// The first enters the content, so that `ber.next_octets` gives it. The second leaves it, or the
// place where it would be.
Status enter_signed_content(BerReader& ber);
Status leave_signed_content(BerReader& ber, const SignedHead& head);

// What comes after the content.
struct SignedTail {
  std::vector<Bytes> certificates;  // in DER; parsing one costs a tenth of a signature
  std::vector<SignerInfo> signers;
};

// The certificates of a tail. Those that cannot be read count as absent, except that people are
// told the reason.
struct IncludedCertificates {
  struct Unread {
    const Bytes& der;  // in the tail
    LeftOut told;
  };
  std::vector<Certificate> readable;
  std::vector<Unread> unread;
};
IncludedCertificates included_certificates(const SignedTail& tail);

// Reads up to the end of the input, at most `most_certificates`. Refusals: too-many-certificates,
// too-many-signers, trailing-octets and whatever is malformed.
Result<SignedTail> read_signed_tail(BerReader& ber,
                                    std::size_t most_certificates = kMaxCmsCertificates);

}  // namespace culvert::crypto
