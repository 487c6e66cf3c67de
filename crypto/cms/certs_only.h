// Certificates in a SignedData without signers and without content ("certs-only", RFC 8551, 3.8;
// files .p7c and .p7b). It proves nothing about them and is never a signed message: the reader of
// signed_data.h refuses it.
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/keys/files/key_bundle.h"

namespace culvert::crypto {

struct CertificateList {
  std::vector<Certificate> certificates;
  std::vector<LeftOut> left_out;  // those that cannot be read
};
// The certificates in the order of the input, at most `most`; none is fine. One that cannot be read
// does not spoil the rest. Reads `from` to its end. Refusals: `not-certs-only` for anything with
// content or signers, and those of any CMS object.
Result<CertificateList> read_certificate_list(Source& from, std::size_t most);

// The same for a message: at most kMaxCmsCertificates, and refused (`bad-certificate`) if any
// cannot be read.
Result<std::vector<Certificate>> read_certs_only(Source& from);

// The ContentInfo in DER; each certificate once. `too-many-certificates` if no reader would take so
// many.
Result<Bytes> write_certs_only(const std::vector<Certificate>& certificates);

}  // namespace culvert::crypto
