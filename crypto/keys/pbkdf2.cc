#include "crypto/keys/pbkdf2.h"

#include <botan/pwdhash.h>

#include <string>

namespace culvert::crypto {
namespace {

std::string_view engine(Pbkdf2Hash hash) {
  switch (hash) {
    case Pbkdf2Hash::sha1:
      return "PBKDF2(HMAC(SHA-1))";
    case Pbkdf2Hash::sha224:
      return "PBKDF2(HMAC(SHA-224))";
    case Pbkdf2Hash::sha256:
      return "PBKDF2(HMAC(SHA-256))";
    case Pbkdf2Hash::sha384:
      return "PBKDF2(HMAC(SHA-384))";
    case Pbkdf2Hash::sha512:
      return "PBKDF2(HMAC(SHA-512))";
  }
  return {};
}

}  // namespace

SecretBytes pbkdf2(ByteView password, const Pbkdf2& parameters) {
  const auto family = Botan::PasswordHashFamily::create_or_throw(engine(parameters.hash));
  const auto hash = family->from_params(parameters.iterations);
  SecretBytes key(parameters.key_bytes);
  hash->hash(key.writable(), as_text(password), parameters.salt);
  return key;
}

}  // namespace culvert::crypto
