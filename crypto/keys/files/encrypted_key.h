// Private keys encrypted under a password: EncryptedPrivateKeyInfo (RFC 5958, section 3).
// key_file.h reads them. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "crypto/keys/private_key.h"

namespace culvert::crypto {

// The iterations that we write. They set the speed at which an attacker who has a file can try
// passwords. OWASP asks for 600,000 with HMAC-SHA-256 (2023), NSS writes as many, and every reader
// that we know accepts it. One derivation takes 0.1 to 0.3 s.
inline constexpr std::uint64_t kWrittenIterations = 600'000;

struct PasswordUse;

// DER under PBES2 with AES-256-CBC and PBKDF2 with HMAC-SHA-256. `password` is UTF-8, not empty.
// Deliberately takes 0.1 to 0.3 s. permanent `bad-password`.
Result<Bytes> encrypted_pkcs8(const PrivateKey& key, std::string_view password);
// The same as a PEM block `ENCRYPTED PRIVATE KEY`; line ends are LF.
Result<std::string> encrypted_pem(const PrivateKey& key, std::string_view password);

// For the sources of crypto/keys only: the PrivateKeyInfo in `der`. permanent `bad-key-file`,
// `password-needed`, `wrong-password`.
Result<SecretBytes> open_encrypted_pkcs8(ByteView der, const PasswordUse& use);

}  // namespace culvert::crypto
