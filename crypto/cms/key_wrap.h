// AES key wrap (RFC 3394) and the X9.63 key derivation (SEC 1, 3.6.1) of RFC 5753.
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

// `key` must have a multiple of 8 octets, at least 16.
Result<Bytes> wrap_key(const SecretBytes& wrap_key, const SecretBytes& key);

// `key-unwrap-failed` if `wrapped` was not made with that key.
Result<SecretBytes> unwrap_key(const SecretBytes& wrap_key, ByteView wrapped);

}  // namespace culvert::crypto
