// Octets encrypted under a password as PKCS#8 and PKCS#12 have them: PBES2 (pbes2.h), and the old
// ciphers of PKCS#12 (RFC 7292, appendix C), which are read only. For the sources of crypto/keys
// alone. Thread-safe.
#pragma once

#include "crypto/keys/pbes2.h"

namespace culvert::crypto {

// `algorithm`: the AlgorithmIdentifier. Takes its cost from `rounds` before it computes. permanent
// `bad-key-file` for an algorithm that is not supported or ill-formed; `wrong-password` if what
// comes out is not padded as it must be.
Result<SecretBytes> open_with_password(ByteView algorithm, ByteView ciphertext,
                                       const FilePassword& password, PasswordRounds& rounds);

}  // namespace culvert::crypto
