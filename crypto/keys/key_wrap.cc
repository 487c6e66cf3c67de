#include "crypto/keys/key_wrap.h"
#include "crypto/keys/library_words.h"

#include <botan/cipher_mode.h>
#include <botan/hash.h>
#include <botan/rfc3394.h>

#include <algorithm>
#include <array>
#include <exception>

namespace culvert::crypto {
namespace {

// RFC 3217, 3.1: the vector of the outer encryption.
constexpr std::array<std::uint8_t, 8> kOuterVector{0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05};
constexpr std::size_t kBlockBytes = 8;
constexpr std::size_t kChecksumBytes = 8;

using Secret = Botan::secure_vector<std::uint8_t>;

Error not_unwrapped(std::string detail = {}) {
  return permanent_error("key-unwrap-failed", "the content key cannot be unwrapped",
                         std::move(detail));
}

Secret triple_des_decrypt(const SecretBytes& key, ByteView vector, ByteView octets) {
  const auto cipher =
      Botan::Cipher_Mode::create_or_throw("TripleDES/CBC/NoPadding", Botan::Cipher_Dir::Decryption);
  Secret out(octets.begin(), octets.end());
  cipher->set_key(key.view());
  cipher->start(vector);
  cipher->finish(out);
  return out;
}

// RFC 3217, 2: the first octets of SHA-1 over the key.
bool checksum_fits(ByteView key, ByteView checksum) {
  const auto digest = Botan::HashFunction::create_or_throw("SHA-1")->process(key);
  return equal_in_constant_time(ByteView(digest).first(kChecksumBytes), checksum);
}

}  // namespace

Result<Bytes> wrap_key(const SecretBytes& wrapping, const SecretBytes& key) {
  try {
    const auto wrapped = Botan::rfc3394_keywrap(
        Botan::secure_vector<std::uint8_t>(key.view().begin(), key.view().end()),
        Botan::SymmetricKey(wrapping.view()));
    return Bytes(wrapped.begin(), wrapped.end());
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content key could not be wrapped",
                          without_source(e.what()));
  }
}

Result<SecretBytes> unwrap_key(const SecretBytes& wrapping, ByteView wrapped) {
  try {
    const auto key =
        Botan::rfc3394_keyunwrap(Botan::secure_vector<std::uint8_t>(wrapped.begin(), wrapped.end()),
                                 Botan::SymmetricKey(wrapping.view()));
    return SecretBytes(ByteView(key));
  } catch (const std::exception& e) {
    return not_unwrapped(without_source(e.what()));
  }
}

// RFC 3217, 3.2.
Result<SecretBytes> unwrap_key_with_triple_des(const SecretBytes& wrapping, ByteView wrapped) {
  // A vector, at least one block of the key, and the checksum.
  if (wrapped.size() % kBlockBytes != 0 || wrapped.size() < 3 * kBlockBytes) return not_unwrapped();
  try {
    Secret inner = triple_des_decrypt(wrapping, kOuterVector, wrapped);
    std::reverse(inner.begin(), inner.end());
    const ByteView all(inner);
    const Secret plain =
        triple_des_decrypt(wrapping, all.first(kBlockBytes), all.subspan(kBlockBytes));
    const ByteView key = ByteView(plain).first(plain.size() - kChecksumBytes);
    if (!checksum_fits(key, ByteView(plain).last(kChecksumBytes))) return not_unwrapped();
    return SecretBytes(key);
  } catch (const std::exception& e) {
    return not_unwrapped(without_source(e.what()));
  }
}

}  // namespace culvert::crypto
