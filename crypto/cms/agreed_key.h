// Derives the wrapping key from a shared secret: by the X9.63 derivation (SEC 1, 3.6.1) of RFC
// 5753, or by HKDF (RFC 5869) as in RFC 8418 and RFC 9629.
#pragma once

#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/recipient_parts.h"

namespace culvert::crypto {

// The key-encryption key from an agreed secret. The wrap, `ukm` and the key's length make
// ECC-CMS-SharedInfo (RFC 5753, 7.2). HKDF also takes `ukm` as its salt (RFC 8418, 2.2).
Result<SecretBytes> derive_wrap_key(const AgreementRow& agreement, const SecretBytes& secret,
                                    const Wrap& wrap, const std::optional<Bytes>& ukm);

// The key-encryption key from an encapsulated secret. The same three make CMSORIforKEMOtherInfo
// (RFC 9629, 5); there is no salt.
Result<SecretBytes> derive_wrap_key(const EncapsulationKdfRow& kdf, const SecretBytes& secret,
                                    const Wrap& wrap, const std::optional<Bytes>& ukm);

}  // namespace culvert::crypto
