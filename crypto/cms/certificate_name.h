// How signers and recipients name certificates on the wire (RFC 5652, 5.3 and 6.2).
#pragma once

#include <string>

#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// A longer name belongs to nobody that we know. It is read as a name of no certificate, because it
// must not decide what the rest of the message says.
inline constexpr std::size_t kMaxNameBytes = 16 * 1024;
inline constexpr std::size_t kMaxSerialBytes = 256;
// Some authorities put the whole public key there.
inline constexpr std::size_t kMaxSubjectKeyIdentifierBytes = kMaxPublicKeyBytes;
// For shared keys.
inline constexpr std::size_t kMaxKeyIdentifierBytes = 256;

// IssuerAndSerialNumber, the next element of `from`, which is at most kMaxRecipientInfoBytes long.
Result<CertificateName> read_issuer_and_serial(BerReader& from);

// IssuerAndSerialNumber, or [0] IMPLICIT SubjectKeyIdentifier, as SignerInfo and
// KeyTransRecipientInfo have it.
Result<CertificateName> read_certificate_name(BerReader& from);

// IssuerAndSerialNumber, or [0] IMPLICIT RecipientKeyIdentifier, as KeyAgreeRecipientInfo has it.
Result<CertificateName> read_agreement_recipient(BerReader& from);

// For people: `the certificate with serial number 07 of CN=ca`; printable, at most 300 octets.
std::string name_text(const CertificateName& name);

// IssuerAndSerialNumber in DER.
Bytes der_issuer_and_serial(const Certificate& certificate);

}  // namespace culvert::crypto
