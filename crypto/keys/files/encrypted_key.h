// Private keys encrypted under a password: EncryptedPrivateKeyInfo (RFC 5958, section 3). Reading
// them is for key_file.h. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "crypto/keys/private_key.h"

namespace culvert::crypto {

// What we write. An attacker who has a file tries passwords at the speed that this leaves: 600,000
// is what OWASP asks for with HMAC-SHA-256 (2023), NSS writes as many, and every reader that we
// know takes it. One derivation takes 0.1 to 0.3 s.
inline constexpr std::uint64_t kWrittenIterations = 600'000;

struct PasswordUse;

// DER under PBES2 with AES-256-CBC and PBKDF2 with HMAC-SHA-256. `password` is UTF-8, not empty.
// Takes 0.1 to 0.3 s, on purpose. permanent `bad-password`.
Result<Bytes> encrypted_pkcs8(const PrivateKey& key, std::string_view password);
// The same as a PEM block `ENCRYPTED PRIVATE KEY`, LF line ends.
Result<std::string> encrypted_pem(const PrivateKey& key, std::string_view password);

// For the sources of crypto/keys alone: the PrivateKeyInfo in `der`. permanent `bad-key-file`,
// `password-needed`, `wrong-password`.
Result<SecretBytes> open_encrypted_pkcs8(ByteView der, const PasswordUse& use);

}  // namespace culvert::crypto
