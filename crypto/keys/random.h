// Random octets from the operating system, for keys, nonces, ids and secrets. Thread-safe.
#pragma once

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// Overwrites all of `into`. Ends the program if the operating system has no random octets: nothing
// made without them could be trusted.
void fill_random(MutableBytes into);

// Public values: ids, nonces, serial numbers.
Bytes random_bytes(std::size_t count);

// Values that must be wiped: content keys, invitation secrets.
SecretBytes random_secret(std::size_t count);

}  // namespace culvert::crypto
