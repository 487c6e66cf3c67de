// KeyAgreeRecipientInfo (RFC 5652, 6.2.2) with ECDH (RFC 5753): ephemeral-static, X9.63 key
// derivation, AES key wrap.
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// The RecipientInfo in DER that carries `content_key` to a certificate with a key on a curve:
// stdDH with SHA-256, aes256-wrap, named by issuer and serial number, parameters of the originator
// key absent.
Result<Bytes> seal_key_by_agreement(const Certificate& recipient, const SecretBytes& content_key);

// The recipients named in `info`, a whole RecipientInfo [1], in its order.
Result<std::vector<CertificateName>> names_by_agreement(ByteView info);

// The content key for the recipient at `index` in that order, whose key is `key`.
Result<SecretBytes> open_key_by_agreement(ByteView info, std::size_t index, const HeldKey& key,
                                          const KeyRing& keys);

}  // namespace culvert::crypto
