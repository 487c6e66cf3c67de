// How signers and recipients name certificates on the wire (RFC 5652, 5.3 and 6.2).
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

inline constexpr std::size_t kMaxNameBytes = 16 * 1024;
inline constexpr std::size_t kMaxSerialBytes = 256;
inline constexpr std::size_t kMaxKeyIdentifierBytes = 256;

// IssuerAndSerialNumber, the next element of `from`.
Result<CertificateName> read_issuer_and_serial(BerReader& from);

// IssuerAndSerialNumber, or [0] IMPLICIT SubjectKeyIdentifier, as SignerInfo and
// KeyTransRecipientInfo have it.
Result<CertificateName> read_certificate_name(BerReader& from);

// IssuerAndSerialNumber, or [0] IMPLICIT RecipientKeyIdentifier, as KeyAgreeRecipientInfo has it.
Result<CertificateName> read_agreement_recipient(BerReader& from);

// IssuerAndSerialNumber in DER.
Bytes der_issuer_and_serial(const Certificate& certificate);

}  // namespace culvert::crypto
