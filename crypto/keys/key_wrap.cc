#include "crypto/keys/key_wrap.h"

#include <botan/rfc3394.h>

#include <exception>

namespace culvert::crypto {

Result<Bytes> wrap_key(const SecretBytes& wrapping, const SecretBytes& key) {
  try {
    const auto wrapped = Botan::rfc3394_keywrap(
        Botan::secure_vector<std::uint8_t>(key.view().begin(), key.view().end()),
        Botan::SymmetricKey(wrapping.view()));
    return Bytes(wrapped.begin(), wrapped.end());
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content key could not be wrapped", e.what());
  }
}

Result<SecretBytes> unwrap_key(const SecretBytes& wrapping, ByteView wrapped) {
  try {
    const auto key =
        Botan::rfc3394_keyunwrap(Botan::secure_vector<std::uint8_t>(wrapped.begin(), wrapped.end()),
                                 Botan::SymmetricKey(wrapping.view()));
    return SecretBytes(ByteView(key));
  } catch (const std::exception& e) {
    return permanent_error("key-unwrap-failed", "the content key cannot be unwrapped", e.what());
  }
}

}  // namespace culvert::crypto
