// Octets encrypted under a password as PKCS#8 and PKCS#12 have them: PBES2 (pbes2.h), and the old
// ciphers of PKCS#12 (RFC 7292, appendix C), which are read only. For the sources of crypto/keys
// alone. Thread-safe.
#pragma once

#include "crypto/keys/files/password_use.h"
#include "crypto/keys/files/pbes2.h"

namespace culvert::crypto {

// `algorithm`: the AlgorithmIdentifier; what is encrypted is a SEQUENCE. Takes its cost from
// `use.rounds` before it computes. permanent `bad-key-file` for an algorithm that is not supported,
// not to be used (OldForms) or ill-formed; `password-needed` if there is none; `wrong-password` if
// what comes out is not padded as it must be, or no SEQUENCE.
Result<SecretBytes> open_with_password(ByteView algorithm, ByteView ciphertext,
                                       const PasswordUse& use);

// True for an algorithm that is read with OldForms::read alone.
bool is_old_form(ByteView algorithm);

}  // namespace culvert::crypto
