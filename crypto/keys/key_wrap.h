// AES key wrap (RFC 3394) encrypts one key under another. 3DES key wrap (RFC 3217) is read only.
// Thread-safe.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

// `wrapping` has 16, 24 or 32 octets; `key` a multiple of 8, at least 16.
Result<Bytes> wrap_key(const SecretBytes& wrapping, const SecretBytes& key);

// permanent `key-unwrap-failed` if `wrapped` was not made with that key.
Result<SecretBytes> unwrap_key(const SecretBytes& wrapping, ByteView wrapped);

// The same for 3DES key wrap; `wrapping` has 24 octets. The key may be for any cipher, because
// programs write such keys. Octets of even parity are accepted, as in OpenSSL.
Result<SecretBytes> unwrap_key_with_triple_des(const SecretBytes& wrapping, ByteView wrapped);

}  // namespace culvert::crypto
