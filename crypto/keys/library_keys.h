// Maps Botan's keys to our terms. For the sources of crypto/keys only.
#pragma once

#include <botan/pk_keys.h>

#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// id-RSASSA-PSS as the algorithm of a key, which then may be used for nothing else (RFC 4055, 1.2).
inline const char* const kRsaPssKeyOid = "1.2.840.113549.1.1.10";
KeyKind kind_of(const Botan::Public_Key& key);
// True if both have the same public value; false for unknown kinds.
bool is_same_key(const Botan::Public_Key& a, const Botan::Public_Key& b);
// True for the kinds on one of the six curves.
bool is_ec(KeyKind kind);
// False for RSA keys to which KeyFit::bad_size applies; they are not used in computations.
bool is_bounded(const Botan::Public_Key& key);

}  // namespace culvert::crypto
