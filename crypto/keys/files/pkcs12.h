// PKCS#12 (RFC 7292) in password mode: the `.p12` and `.pfx` files with which programs exchange
// keys and certificates. Thread-safe.
//
// Read: DER and BER; a MAC by HMAC with SHA-1 or SHA-2, or PBMAC1 (RFC 9579), which is verified
// before anything is decrypted; AES-CBC under PBES2, and the old 3DES and RC2; keys and X.509
// certificates, also nested; with OldForms::read also RC4, and files without a MAC. CRLs and
// secrets of other kinds are skipped. Files under a public key are refused.
// Written: PBES2 with AES-256-CBC and PBKDF2 by HMAC-SHA-256, and a MAC by HMAC-SHA-256. OpenSSL,
// NSS and GnuTLS read it; gpgsm 2.2 does not accept HMAC-SHA-256 from any program.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/keys/files/encrypted_key.h"
#include "crypto/keys/files/key_bundle.h"
#include "crypto/keys/files/old_forms.h"

namespace culvert::crypto {

// The whole file, without trailing octets, at most kMaxKeyFileBytes. `password` is UTF-8. An empty
// one is a password too, in either of its forms. Nothing means that no password is known; then the
// empty one is tried. permanent `bad-key-file`, `bad-key`, `key-not-supported`, `bad-certificate`,
// `bad-password`, `password-needed`, `wrong-password`. A file whose encrypted part was altered also
// gives `wrong-password`, because its MAC cannot tell the two apart.
Result<KeyBundle> read_pkcs12(ByteView octets, std::optional<std::string_view> password,
                              OldForms old_forms = OldForms::refuse);

class FoundInFile;
// For the sources of crypto/keys only: the same, added to what else was found in the file.
Status read_pkcs12_into(FoundInFile& found, ByteView octets, const PasswordUse& use);

// Each key has its own derivation from the password, and every reader of the file pays for it.
inline constexpr std::size_t kMaxWrittenKeys = 4;

// DER. `password` is UTF-8, not empty. Deliberately takes about half a second. Keys may be without
// a certificate. Names that are not UTF-8 are left out. permanent `bad-password`, `too-many-keys`.
// Fewer `iterations`, down to 1, are for tests.
Result<Bytes> write_pkcs12(const KeyBundle& bundle, std::string_view password,
                           std::uint64_t iterations = kWrittenIterations);

}  // namespace culvert::crypto
