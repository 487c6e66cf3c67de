// ML-KEM private keys in PKCS#8 (RFC 9935, 6): the seed, the expanded key of FIPS 203, or both.
// Botan knows both forms, but without their ASN.1. For the sources of crypto/keys only: it names
// types of Botan.
#pragma once

#include <botan/pk_keys.h>

#include <memory>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// The key in a PrivateKeyInfo; null if it is of another kind. Throws Botan's exceptions if the key
// is malformed, if an expanded key is inconsistent, or if both forms are there and differ.
std::unique_ptr<const Botan::Private_Key> load_ml_kem_key(ByteView pkcs8);

// The PrivateKeyInfo of an ML-KEM key, as the seed if that is known; empty for other kinds.
SecretBytes ml_kem_pkcs8(const Botan::Private_Key& key);

}  // namespace culvert::crypto
