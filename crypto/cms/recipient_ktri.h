// KeyTransRecipientInfo (RFC 5652, 6.2.1): RSA with PKCS#1 v1.5 (RFC 3370, 4.2.1) and RSA-OAEP (RFC
// 3560).
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/recipient_info.h"

namespace culvert::crypto {

// The RecipientInfo in DER that carries `content_key` to a certificate with an RSA key, named by
// issuer and serial number.
Result<Bytes> seal_key_by_transport(const Certificate& recipient, const SecretBytes& content_key,
                                    const RsaTransport& transport);

// True for a RecipientInfo whose key was encrypted with PKCS#1 v1.5. Opening it never fails because
// of what it holds, but gives a random key (RFC 3218, 2.3.2), so that nobody learns anything.
bool is_pkcs1_transport(ByteView info);

// The certificate that `info`, a whole RecipientInfo, names at its front.
Result<std::vector<CertificateName>> names_by_transport(ByteView info);

// Refuses PKCS#1 v1.5 for keys that open AEAD content only.
Result<OpenedKey> open_key_by_transport(const KeyRequest& request);

}  // namespace culvert::crypto
