// The digests for deriving keys from passwords, and the limit on what derivations may cost. For the
// sources of crypto/keys only.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/keys/pbkdf2.h"

namespace culvert::crypto {

// The digest whose object identifier is `oid` (`2.16.840.1.101.3.4.2.1`), and the digest whose HMAC
// has it (`1.2.840.113549.2.9`); nothing for any other.
std::optional<Pbkdf2Hash> hash_of_digest(std::string_view oid);
std::optional<Pbkdf2Hash> hash_of_hmac(std::string_view oid);
// The reverse.
std::string_view oid_of_digest(Pbkdf2Hash hash);
std::string_view oid_of_hmac(Pbkdf2Hash hash);

// Botan's name (`SHA-256`); the octets of its output; the octets of its blocks.
std::string_view hash_name(Pbkdf2Hash hash);
std::size_t hash_bytes(Pbkdf2Hash hash);
std::size_t hash_block_bytes(Pbkdf2Hash hash);

// The most that all derivations for one file may cost together, in computations of SHA-256. At this
// bound they take 0.6 s on a machine of 2023. The highest costs seen in files that programs write
// by default: NSS three derivations of 600,000 rounds of HMAC, GnuTLS with old ciphers seven of
// 600,000 hashes.
inline constexpr std::uint64_t kMaxPasswordHashes = 12'000'000;
// The cost of a round of HMAC, with precomputed pads, in hashes; measured.
inline constexpr std::uint64_t kHashesOfHmac = 3;

// The two ways to derive a key from a password: rounds of HMAC (pbkdf2.h), rounds of a hash
// (pkcs12_kdf.h).
enum class Derivation { pbkdf2, pkcs12 };

// Counts down the cost of the derivations for one file. The file asks for them before anything
// shows that it is worth the work.
class PasswordRounds {
 public:
  // Charges the cost of `iterations` with `hash` for `key_bytes`. permanent `bad-key-file` if there
  // are no iterations, or if they cost more than is left: then the caller must not compute.
  Status spend(Derivation derivation, Pbkdf2Hash hash, std::uint64_t iterations,
               std::size_t key_bytes);

 private:
  std::uint64_t left_ = kMaxPasswordHashes;
};

}  // namespace culvert::crypto
