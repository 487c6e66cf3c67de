// A private key from PEM text (RFC 7468).
#pragma once

#include <string_view>

#include "crypto/keys/private_key.h"

namespace culvert::crypto {

// The first PEM block that is a private key: `PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY`, or
// `ENCRYPTED PRIVATE KEY` with its password in UTF-8. permanent `bad-key`, `bad-pem`,
// `key-not-supported`, `bad-key-file`, `bad-password`, `password-needed`, `wrong-password`. Other
// forms: key_file.h.
Result<PrivateKey> private_key_from_pem(std::string_view pem, std::string_view password = {});

}  // namespace culvert::crypto
