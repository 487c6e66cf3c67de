// The one table of algorithms: how CMS names them, what they need, and what formats.md says of
// them. A row here is all that a new digest, cipher, wrap, agreement or signature of a known kind
// needs.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/oid.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/signature.h"

namespace culvert::crypto {

// An AlgorithmIdentifier as it stood on the wire.
struct AlgorithmName {
  Bytes oid;         // content octets
  Bytes parameters;  // the whole element; empty if absent
  bool parameters_absent_or_null() const;
};

// Reads the next element of `from` as an AlgorithmIdentifier under `identifier`.
Result<AlgorithmName> read_algorithm(BerReader& from, std::uint8_t identifier = kTagSequence);

// Whether what was made with it counts: weak is used and marked, broken is refused.
enum class Strength { strong, weak, broken };

struct DigestRow {
  Oid oid;
  std::string_view name;    // as people write it
  std::string_view engine;  // as Botan names it
  Strength strength;
};
const DigestRow* find_digest(ByteView oid);

// What a content cipher proves of its content.
enum class CipherKind { aead, unauthenticated };

struct CipherRow {
  Oid oid;
  std::string_view name;
  std::string_view engine;  // as Botan names it, without the tag length
  std::size_t key_bytes;
  CipherKind kind;
  // What stands behind the OID: GCMParameters, a nonce, or an initialisation vector.
  enum class Parameters { gcm, nonce, vector } parameters;
  std::size_t block_bytes;
  Strength strength;
};
const CipherRow* find_cipher(ByteView oid);
// By the name that people write: `aes256-gcm`. Null if there is none.
const CipherRow* find_cipher_named(std::string_view name);

struct WrapRow {
  Oid oid;
  std::string_view name;
  std::size_t key_bytes;
};
const WrapRow* find_wrap(ByteView oid);

// A key agreement scheme of RFC 5753 with its X9.63 key derivation. All curves that we know have
// cofactor 1, so the cofactor schemes compute the same as the standard ones.
struct AgreementRow {
  Oid oid;
  std::string_view name;
  std::string_view kdf_engine;
};
const AgreementRow* find_agreement(ByteView oid);

struct CurveRow {
  KeyKind kind;
  Oid oid;
};
const CurveRow* find_curve(KeyKind kind);

struct SignatureRow {
  Oid oid;
  std::string_view name;
  SignatureScheme scheme;
  Oid digest;  // the digest that signed attributes must be announced with (RFC 8933)
  enum class Parameters { absent, absent_or_null } parameters;
  Strength strength;
};
// The row for a signature algorithm with the digest that SignerInfo names: `rsaEncryption` has one
// row for each digest.
const SignatureRow* find_signature(ByteView oid, ByteView digest_oid);
// True if the algorithm has any row: the digest was the wrong one.
bool knows_signature(ByteView oid);
// The row that we write for a scheme.
const SignatureRow* signature_for(SignatureScheme scheme);

// What we write.
inline constexpr Oid kOidSha256{"2.16.840.1.101.3.4.2.1"};
inline constexpr Oid kOidSha384{"2.16.840.1.101.3.4.2.2"};
inline constexpr Oid kOidSha512{"2.16.840.1.101.3.4.2.3"};
inline constexpr Oid kOidAes256Gcm{"2.16.840.1.101.3.4.1.46"};
inline constexpr Oid kOidAes256Wrap{"2.16.840.1.101.3.4.1.45"};
inline constexpr Oid kOidStdDhSha256Kdf{"1.3.132.1.11.1"};
inline constexpr Oid kOidEcPublicKey{"1.2.840.10045.2.1"};

}  // namespace culvert::crypto
