#include "crypto/keys/files/pkcs12_kdf.h"

#include <botan/hash.h>

#include <algorithm>

#include "crypto/keys/files/password_hash.h"

namespace culvert::crypto {
namespace {

std::size_t rounded_up(std::size_t size, std::size_t block) {
  return (size + block - 1) / block * block;
}

void fill_by_repeating(MutableBytes room, ByteView what) {
  for (std::size_t i = 0; i < room.size(); ++i)
    room[i] = what[i % what.size()];
}

// I of B.2: salt and password, each repeated to fill whole blocks.
SecretBytes joined_input(ByteView salt, ByteView password, std::size_t block) {
  const std::size_t salt_bytes = rounded_up(salt.size(), block);
  SecretBytes input(salt_bytes + rounded_up(password.size(), block));
  fill_by_repeating(input.writable().first(salt_bytes), salt);
  fill_by_repeating(input.writable().subspan(salt_bytes), password);
  return input;
}

// Sets `number` to `number` + `more` + 1 without the last carry; both have the same size.
void add_and_increment(MutableBytes number, ByteView more) {
  unsigned carry = 1;
  for (std::size_t i = number.size(); i-- > 0;) {
    carry += number[i] + more[i];
    number[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

}  // namespace

SecretBytes pkcs12_derive(ByteView bmp_password, const Pkcs12Derivation& how, Pkcs12Purpose purpose,
                          std::size_t bytes) {
  const auto hash = Botan::HashFunction::create_or_throw(hash_name(how.hash));
  const std::size_t block = hash_block_bytes(how.hash);
  const Bytes diversifier(block, static_cast<std::uint8_t>(purpose));
  SecretBytes input = joined_input(how.salt, bmp_password, block);
  SecretBytes digest(hash_bytes(how.hash));
  SecretBytes addend(block);
  SecretBytes out(bytes);
  for (std::size_t at = 0; at < bytes; at += digest.size()) {
    hash->update(diversifier);
    hash->update(input.view());
    hash->final(digest.writable());
    for (std::uint64_t i = 1; i < how.iterations; ++i) {
      hash->update(digest.view());
      hash->final(digest.writable());
    }
    const std::size_t count = std::min(digest.size(), bytes - at);
    std::copy_n(digest.view().begin(), count, out.writable().begin() + at);
    fill_by_repeating(addend.writable(), digest.view());
    for (std::size_t i = 0; i < input.size(); i += block)
      add_and_increment(input.writable().subspan(i, block), addend.view());
  }
  return out;
}

}  // namespace culvert::crypto
