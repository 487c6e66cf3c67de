// The digests that keys are derived with from passwords, and what a derivation may cost. For the
// sources of crypto/keys alone.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/keys/pbkdf2.h"

namespace culvert::crypto {

// The digest of that object identifier (`2.16.840.1.101.3.4.2.1`), and the one of HMAC with it
// (`1.2.840.113549.2.9`); nothing for any other.
std::optional<Pbkdf2Hash> hash_of_digest(std::string_view oid);
std::optional<Pbkdf2Hash> hash_of_hmac(std::string_view oid);
// The other way round.
std::string_view oid_of_digest(Pbkdf2Hash hash);
std::string_view oid_of_hmac(Pbkdf2Hash hash);

// `SHA-256`, as Botan calls it; octets of its output; octets of its blocks.
std::string_view hash_name(Pbkdf2Hash hash);
std::size_t hash_bytes(Pbkdf2Hash hash);
std::size_t hash_block_bytes(Pbkdf2Hash hash);

// What all derivations for one file may cost together, in computations of SHA-256. At this bound
// they take 0.6 s on a machine of 2023. The most that programs were seen to ask for by themselves:
// NSS three derivations of 600,000 rounds of HMAC, GnuTLS with old ciphers seven of 600,000 hashes.
inline constexpr std::uint64_t kMaxPasswordHashes = 12'000'000;
// A round of HMAC, with its pads computed before, against one hash; measured.
inline constexpr std::uint64_t kHashesOfHmac = 3;

// The two ways from a password to a key: rounds of HMAC (pbkdf2.h), rounds of a hash
// (pkcs12_kdf.h).
enum class Derivation { pbkdf2, pkcs12 };

// Counts down what the derivations for one file cost: they are asked for by the file, before
// anything tells that it is worth it.
class PasswordRounds {
 public:
  // Takes what `iterations` with `hash` for `key_bytes` cost. permanent `bad-key-file` for none, or
  // more than are left: then nothing must be computed.
  Status spend(Derivation derivation, Pbkdf2Hash hash, std::uint64_t iterations,
               std::size_t key_bytes);

 private:
  std::uint64_t left_ = kMaxPasswordHashes;
};

}  // namespace culvert::crypto
