// One private key in any of the forms that files have: PKCS#8, encrypted or not, and the forms
// before it, RSAPrivateKey (RFC 8017, A.1.2) and ECPrivateKey (RFC 5915). For the sources of
// crypto/keys alone.
#pragma once

#include "crypto/keys/files/password_use.h"
#include "crypto/keys/files/pem.h"
#include "crypto/keys/private_key.h"

namespace culvert::crypto {

enum class KeyForm { pkcs8, encrypted_pkcs8, rsa, ec };

// The form that a PEM label names (`RSA PRIVATE KEY`); nothing for what is no private key, or one
// of a kind that is not read.
std::optional<KeyForm> key_form_of_label(std::string_view label);

// DER. permanent `bad-key`, `key-not-supported`, `bad-key-file`, `password-needed`,
// `wrong-password`.
Result<PrivateKey> read_key(KeyForm form, ByteView der, const PasswordUse& use);

// A block whose label is `form`'s. The same errors, and `bad-pem`.
Result<PrivateKey> read_key_block(KeyForm form, const PemBlock& block, const PasswordUse& use);

}  // namespace culvert::crypto
