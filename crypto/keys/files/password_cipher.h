// Octets encrypted under a password as in PKCS#8 and PKCS#12: PBES2 (pbes2.h), and the old ciphers
// of PKCS#12 (RFC 7292, appendix C), which are only read. For the sources of crypto/keys only.
// Thread-safe.
#pragma once

#include "crypto/keys/files/password_use.h"
#include "crypto/keys/files/pbes2.h"

namespace culvert::crypto {

// `algorithm` is the AlgorithmIdentifier; the plaintext is a SEQUENCE. Charges `use.rounds` before
// it computes. permanent `bad-key-file` for an algorithm that is not supported, refused (OldForms)
// or ill-formed; `password-needed` if there is no password; `wrong-password` if the plaintext has
// wrong padding or is not a SEQUENCE.
Result<SecretBytes> open_with_password(ByteView algorithm, ByteView ciphertext,
                                       const PasswordUse& use);

// True for an algorithm that is read only with OldForms::read.
bool is_old_form(ByteView algorithm);

}  // namespace culvert::crypto
