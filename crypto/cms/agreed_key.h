// From an agreed secret to the key that wraps: the X9.63 derivation (SEC 1, 3.6.1) of RFC 5753.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"

namespace culvert::crypto {

// The key-encryption key out of an agreed secret. `key_info` is the DER of the wrap's
// AlgorithmIdentifier, `ukm` the user keying material or empty: with the key's length they make
// ECC-CMS-SharedInfo (RFC 5753, 7.2).
Result<SecretBytes> derive_wrap_key(const AgreementRow& agreement, const SecretBytes& secret,
                                    const WrapRow& wrap, ByteView key_info, ByteView ukm);

}  // namespace culvert::crypto
