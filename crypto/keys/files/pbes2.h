// PBES2 and its PBKDF2 (RFC 8018, 6.2 and appendices A.2 and A.4), which protect PKCS#8 and
// PKCS#12. For the sources of crypto/keys only. Botan reads PBES2 too, but computes as many
// iterations as a file asks for. Thread-safe.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/ber_elements.h"
#include "crypto/keys/files/file_password.h"
#include "crypto/keys/files/password_hash.h"

namespace culvert::crypto {

// Reads the next element of `in`, an AlgorithmIdentifier that must be PBKDF2, for a key of
// `key_bytes`. 0 uses the keyLength in the element, which must then be present and at most 64.
// Charges the cost to `rounds`. permanent `bad-key-file`.
Result<Pbkdf2> read_pbkdf2(BerElements& in, std::size_t key_bytes, PasswordRounds& rounds);

// Opens `ciphertext` under the PBES2-params in `parameters`, read from its position to its end:
// AES-CBC of any size or 3DES. permanent `bad-key-file`, `wrong-password`.
Result<SecretBytes> open_pbes2(BerElements& parameters, ByteView ciphertext,
                               const FilePassword& password, PasswordRounds& rounds);

struct PasswordSealed {
  Bytes algorithm;  // AlgorithmIdentifier in DER
  Bytes ciphertext;
};
// AES-256-CBC, PBKDF2 with HMAC-SHA-256, a fresh salt of 16 octets.
PasswordSealed seal_pbes2(ByteView plaintext, const FilePassword& password,
                          std::uint64_t iterations);

// Botan's CBC with PKCS#7 padding (`AES-256`, `TripleDES`); the key and the iv must fit. Nothing if
// the length or the padding is wrong.
std::optional<SecretBytes> cbc_decrypt(std::string_view cipher, ByteView key, ByteView iv,
                                       ByteView ciphertext);

}  // namespace culvert::crypto
