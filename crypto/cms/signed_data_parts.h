// The parts of a SignedData that we write (RFC 5652, 5.1), shared by the stream writer, by messages
// in memory and by certs-only.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/signer_info.h"

namespace culvert::crypto {

// Version 1: certificates are X.509, signers are named by issuer, content is id-data.
inline constexpr std::uint32_t kSignedDataVersion = 1;

// One plan for each signer, the one of `options` first. Errors as of SignedDataWriter::start.
Result<std::vector<SigningPlan>> plan_signatures(const SigningOptions& options);
// version and digestAlgorithms.
Bytes signed_data_front(const std::vector<SigningPlan>& plans);
// certificates and signerInfos. `digests` holds those of the plans, finished.
Result<Bytes> signed_data_back(const SigningOptions& options, const std::vector<SigningPlan>& plans,
                               const Digester& digests, const KeyRing& keys);
// The whole ContentInfo in DER; `content` is nothing for a detached signature.
Bytes signed_data_der(ByteView front, std::optional<ByteView> content, ByteView back);
// A SET OF of certificates in DER under [0]; each once.
Bytes der_certificates(const std::vector<Certificate>& certificates);

}  // namespace culvert::crypto
