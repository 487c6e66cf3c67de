// KEMRecipientInfo (RFC 9629), an OtherRecipientInfo, with ML-KEM (RFC 9936), HKDF and AES key
// wrap.
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/recipient_info.h"

namespace culvert::crypto {

// The RecipientInfo in DER that carries `content_key` to a certificate with an ML-KEM-768 key:
// HKDF with SHA-256, aes256-wrap, named by issuer and serial number, no user keying material.
Result<Bytes> seal_key_by_encapsulation(const Certificate& recipient,
                                        const SecretBytes& content_key);

// True for an OtherRecipientInfo whose type is id-ori-kem.
bool is_encapsulation(ByteView info);

// The certificate that `info`, a whole RecipientInfo [4], names at its front.
Result<std::vector<CertificateName>> names_by_encapsulation(ByteView info);

Result<OpenedKey> open_key_by_encapsulation(const KeyRequest& request);

}  // namespace culvert::crypto
