// AES key wrap (RFC 3394): one key under another. Thread-safe.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

// `wrapping` has 16, 24 or 32 octets; `key` a multiple of 8, at least 16.
Result<Bytes> wrap_key(const SecretBytes& wrapping, const SecretBytes& key);

// permanent `key-unwrap-failed` if `wrapped` was not made with that key.
Result<SecretBytes> unwrap_key(const SecretBytes& wrapping, ByteView wrapped);

}  // namespace culvert::crypto
