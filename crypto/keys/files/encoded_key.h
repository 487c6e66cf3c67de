// One private key in any form that files use: PKCS#8, encrypted or not, and the older forms
// RSAPrivateKey (RFC 8017, A.1.2) and ECPrivateKey (RFC 5915). For the sources of crypto/keys only.
#pragma once

#include "crypto/keys/files/password_use.h"
#include "crypto/keys/files/pem.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

enum class KeyForm { pkcs8, encrypted_pkcs8, rsa, ec };

// The form that a PEM label names (`RSA PRIVATE KEY`); nothing if it does not name a private key,
// or names one of a kind that is not supported.
std::optional<KeyForm> key_form_of_label(std::string_view label);

// DER. permanent `bad-key`, `key-not-supported`, `bad-key-file`, `password-needed`,
// `wrong-password`.
Result<PrivateKey> read_key(KeyForm form, ByteView der, const PasswordUse& use);

// Reads a block whose label names `form`. The same errors, and `bad-pem`.
Result<PrivateKey> read_key_block(KeyForm form, const PemBlock& block, const PasswordUse& use);

}  // namespace culvert::crypto
