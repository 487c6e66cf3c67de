// KeyAgreeRecipientInfo (RFC 5652, 6.2.2) with Diffie-Hellman on a curve: ECDH (RFC 5753), X25519
// and X448 (RFC 8418); ephemeral-static, AES key wrap.
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/recipient_info.h"

namespace culvert::crypto {

// The RecipientInfo in DER that carries `content_key` to a certificate with a key on a curve: the
// scheme of the curve's row, AES wrap of the content key's size, named by issuer and serial number,
// parameters of the originator key absent, no user keying material.
Result<Bytes> seal_key_by_agreement(const Certificate& recipient, const SecretBytes& content_key,
                                    KeyOptions::Agreement agreement);

// The recipients named in `info`, a whole RecipientInfo [1], in its order.
Result<std::vector<CertificateName>> names_by_agreement(ByteView info);

Result<OpenedKey> open_key_by_agreement(const KeyRequest& request);

}  // namespace culvert::crypto
