// AES key wrap (RFC 3394): one key under another; and that of 3DES (RFC 3217), which is read only.
// Thread-safe.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

// `wrapping` has 16, 24 or 32 octets; `key` a multiple of 8, at least 16.
Result<Bytes> wrap_key(const SecretBytes& wrapping, const SecretBytes& key);

// permanent `key-unwrap-failed` if `wrapped` was not made with that key.
Result<SecretBytes> unwrap_key(const SecretBytes& wrapping, ByteView wrapped);

// The same for what was wrapped with 3DES; `wrapping` has 24 octets. The key may be of any cipher,
// because programs write such too; octets of even parity are taken, as OpenSSL does.
Result<SecretBytes> unwrap_key_with_triple_des(const SecretBytes& wrapping, ByteView wrapped);

}  // namespace culvert::crypto
