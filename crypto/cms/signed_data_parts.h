// The parts of a SignedData of ours (RFC 5652, 5.1), shared by the stream writer and by messages in
// memory.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/signer_info.h"

namespace culvert::crypto {

// Version 1: certificates are X.509, signers are named by issuer, content is id-data.
inline constexpr std::uint32_t kSignedDataVersion = 1;

// version and digestAlgorithms.
Bytes signed_data_front(const SigningPlan& plan);
// certificates and signerInfos.
Result<Bytes> signed_data_back(const SigningOptions& options, const SigningPlan& plan,
                               ByteView message_digest, const KeyRing& keys);
// The whole ContentInfo in DER.
Bytes signed_data_der(ByteView front, ByteView content, ByteView back);

}  // namespace culvert::crypto
