// Certificates in a SignedData without signers and without content ("certs-only", RFC 8551, 3.8;
// files .p7c and .p7b). It proves nothing of what it holds, and is never a signed message: the
// reader of signed_data.h refuses it.
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// The certificates in the order of the input, at most kMaxCmsCertificates; none is fine. Reads
// `from` to its end. Refusals: `not-certs-only` for anything with content or signers,
// `bad-certificate` if one cannot be read, and those of any CMS object.
Result<std::vector<Certificate>> read_certs_only(Source& from);

// The ContentInfo in DER; each certificate once. `too-many-certificates` for what no reader would
// take.
Result<Bytes> write_certs_only(const std::vector<Certificate>& certificates);

}  // namespace culvert::crypto
