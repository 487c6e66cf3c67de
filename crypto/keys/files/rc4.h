// RC4, decryption of a short text: old PKCS#12 files are encrypted with it. It is not secure. For
// the sources of crypto/keys only; our build of Botan does not have it.
#pragma once

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// `key`: 1 to 256 octets.
SecretBytes rc4_decrypt(ByteView key, ByteView ciphertext);

}  // namespace culvert::crypto
