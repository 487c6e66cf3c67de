// PBKDF2-params (RFC 8018, A.2) as CMS uses them (RFC 3370, 4.4.1).
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/keys/pbkdf2.h"

namespace culvert::crypto {

// The derivation of a key of `key_bytes` octets that keyDerivationAlgorithm names. An absent prf
// means HMAC-SHA-1. `unsupported-recipient` for another derivation than PBKDF2,
// `too-many-iterations` above kMaxPbkdf2Iterations; `bad-key-parameters` for missing or ill-typed
// parameters, no iteration, a salt that is not specified or longer than kMaxPbkdf2SaltBytes, a
// keyLength other than `key_bytes`, a prf that is not HMAC with SHA-1 or SHA-2.
Result<Pbkdf2> read_pbkdf2(const AlgorithmName& name, std::size_t key_bytes);

}  // namespace culvert::crypto
