#include "crypto/keys/digest.h"

#include <botan/hash.h>
#include <botan/mac.h>

namespace culvert::crypto {

namespace {

// Every build of Botan that `tools/setup` accepts has these hashes. A missing one means a broken
// installation, and the exception of `create_or_throw` ends the program at the first use.
template <typename Digest>
Digest hash_of(std::string_view algorithm, std::initializer_list<ByteView> parts) {
  const auto hash = Botan::HashFunction::create_or_throw(algorithm);
  for (const ByteView part : parts)
    hash->update(part);
  Digest out{};
  hash->final(out);
  return out;
}

}  // namespace

Sha256 sha256(std::initializer_list<ByteView> parts) { return hash_of<Sha256>("SHA-256", parts); }
Sha512 sha512(std::initializer_list<ByteView> parts) { return hash_of<Sha512>("SHA-512", parts); }

Sha256 hmac_sha256(ByteView key, std::initializer_list<ByteView> parts) {
  const auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(SHA-256)");
  mac->set_key(key);
  for (const ByteView part : parts)
    mac->update(part);
  Sha256 out{};
  mac->final(out);
  return out;
}

}  // namespace culvert::crypto
