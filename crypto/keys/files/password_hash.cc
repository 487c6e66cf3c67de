#include "crypto/keys/files/password_hash.h"

#include <array>

#include "crypto/keys/key_file_error.h"

namespace culvert::crypto {
namespace {

struct HashRow {
  Pbkdf2Hash hash;
  std::string_view name;
  std::string_view digest;
  std::string_view hmac;
  std::size_t bytes;
  std::size_t block_bytes;
  std::uint64_t cost;  // of one computation, in computations of SHA-256; measured
};

constexpr std::array<HashRow, 5> kHashes{{
    {Pbkdf2Hash::sha1, "SHA-1", "1.3.14.3.2.26", "1.2.840.113549.2.7", 20, 64, 1},
    {Pbkdf2Hash::sha224, "SHA-224", "2.16.840.1.101.3.4.2.4", "1.2.840.113549.2.8", 28, 64, 1},
    {Pbkdf2Hash::sha256, "SHA-256", "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9", 32, 64, 1},
    {Pbkdf2Hash::sha384, "SHA-384", "2.16.840.1.101.3.4.2.2", "1.2.840.113549.2.10", 48, 128, 4},
    {Pbkdf2Hash::sha512, "SHA-512", "2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.11", 64, 128, 4},
}};

constexpr const HashRow& row(Pbkdf2Hash hash) { return kHashes[static_cast<std::size_t>(hash)]; }

constexpr bool in_order() {
  for (std::size_t i = 0; i < kHashes.size(); ++i) {
    if (kHashes[i].hash != static_cast<Pbkdf2Hash>(i)) return false;
  }
  return true;
}
static_assert(in_order());

std::optional<Pbkdf2Hash> find(std::string_view HashRow::*column, std::string_view oid) {
  for (const HashRow& one : kHashes) {
    if (one.*column == oid) return one.hash;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Pbkdf2Hash> hash_of_digest(std::string_view oid) {
  return find(&HashRow::digest, oid);
}
std::optional<Pbkdf2Hash> hash_of_hmac(std::string_view oid) { return find(&HashRow::hmac, oid); }
std::string_view oid_of_digest(Pbkdf2Hash hash) { return row(hash).digest; }
std::string_view oid_of_hmac(Pbkdf2Hash hash) { return row(hash).hmac; }
std::string_view hash_name(Pbkdf2Hash hash) { return row(hash).name; }
std::size_t hash_bytes(Pbkdf2Hash hash) { return row(hash).bytes; }
std::size_t hash_block_bytes(Pbkdf2Hash hash) { return row(hash).block_bytes; }

Status PasswordRounds::spend(Derivation derivation, Pbkdf2Hash hash, std::uint64_t iterations,
                             std::size_t key_bytes) {
  if (iterations == 0) return bad_key_file("its iteration count is 0");
  const std::uint64_t blocks = (key_bytes + hash_bytes(hash) - 1) / hash_bytes(hash);
  const std::uint64_t hashes = derivation == Derivation::pbkdf2 ? kHashesOfHmac : 1;
  const std::uint64_t each = blocks * hashes * row(hash).cost;
  if (iterations > left_ / each) {
    left_ = 0;
    return bad_key_file("it asks for too many iterations");
  }
  left_ -= iterations * each;
  return done();
}

}  // namespace culvert::crypto
