// The one table of algorithms: how CMS names them, what they need, and what smime-profile.md,
// "Algorithms", says about them. A new digest, cipher, wrap, agreement or signature of a known kind
// needs only a row here.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/oid.h"
#include "crypto/keys/certificate.h"
#include "crypto/keys/encapsulation.h"
#include "crypto/keys/signature.h"

namespace culvert::crypto {

// An AlgorithmIdentifier as on the wire.
struct AlgorithmName {
  Bytes oid;         // content octets
  Bytes parameters;  // the whole element; empty if absent
  bool parameters_absent_or_null() const;
};

// Reads the next element of `from` as an AlgorithmIdentifier under `identifier`.
Result<AlgorithmName> read_algorithm(BerReader& from, std::uint8_t identifier = kTagSequence);

// Whether an algorithm still counts: weak is used and marked, broken is refused.
enum class Strength { strong, weak, broken };

struct DigestRow {
  Oid oid;
  std::string_view name;    // as people write it
  std::string_view engine;  // as Botan names it; empty if it is never computed
  std::size_t bytes;
  Strength strength;
  // length_512: an INTEGER, the length in bits (RFC 8419, 2.3).
  enum class Parameters { absent_or_null, absent, length_512 } parameters;
};
// True if the parameters in `name` are those that the row demands.
bool parameters_fit(const DigestRow& row, const AlgorithmName& name);
// The AlgorithmIdentifier that we write.
Bytes der_digest_algorithm(const DigestRow& row);
const DigestRow* find_digest(ByteView oid);

// What a content cipher proves about its content.
enum class CipherKind { aead, unauthenticated };

struct CipherRow {
  Oid oid;
  std::string_view name;
  std::string_view engine;  // as Botan names it, without the tag length
  std::size_t key_bytes;
  CipherKind kind;
  // What follows the OID: GCMParameters, a nonce, an initialisation vector, or RC2CBCParameter,
  // which also gives the size of the key.
  enum class Parameters { gcm, nonce, vector, rc2 } parameters;
  std::size_t block_bytes;
  Strength strength;
};
// If one OID stands for several sizes, the smallest.
const CipherRow* find_cipher(ByteView oid);
// By the name that people write: `aes256-gcm`. Null if there is none.
const CipherRow* find_cipher_named(std::string_view name);

struct WrapRow {
  Oid oid;
  std::string_view name;
  std::size_t key_bytes;
  Strength strength;  // weak: 3DES (RFC 3217), read only with a key agreement
};
const WrapRow* find_wrap(ByteView oid);
// The wrap whose key has that size. We write it for a content key of that size. Null if there is
// none.
const WrapRow* wrap_of_size(std::size_t key_bytes);

// A key agreement scheme: of RFC 5753 with the X9.63 key derivation, or of RFC 8418 with HKDF. All
// curves that we know have cofactor 1, so the cofactor schemes compute the same as the standard
// ones.
struct AgreementRow {
  Oid oid;
  std::string_view name;
  std::string_view kdf_engine;                 // as Botan names it
  enum class Ukm { info, info_and_salt } ukm;  // where it goes in the derivation
  Strength strength;
};
const AgreementRow* find_agreement(ByteView oid);

struct CurveRow {
  KeyKind kind;
  Oid algorithm;             // of a public key on it
  std::optional<Oid> named;  // what the algorithm's parameters say; nothing if absent
  Oid agreement;             // what we write
  Oid small_agreement;       // what we write with SHA-256
};
const CurveRow* find_curve(KeyKind kind);

// A key encapsulation (RFC 9936), and the key derivations of KEMRecipientInfo (RFC 9629; RFC 8619).
struct EncapsulationRow {
  Oid oid;
  std::string_view name;
  KemSet set;
};
const EncapsulationRow* find_encapsulation(ByteView oid);
struct EncapsulationKdfRow {
  Oid oid;
  std::string_view engine;  // as Botan names it
};
const EncapsulationKdfRow* find_encapsulation_kdf(ByteView oid);

struct SignatureRow {
  Oid oid;
  std::string_view name;
  SignatureScheme scheme;
  Oid digest;  // the digest that signed attributes must be announced with (RFC 8933)
  // absent_as_rule: written absent; NULL is also read, because gpgsm writes it against RFC 5754,
  // 3.3. null: written as NULL; absent is also read (RFC 5754, 3.2). pss: see pss_parameters.h.
  enum class Parameters { absent, absent_as_rule, null, pss } parameters;
  Strength strength;
};
// The row for a signature algorithm with the digest that SignerInfo names: `rsaEncryption` and
// RSASSA-PSS have one row for each digest.
const SignatureRow* find_signature(ByteView oid, ByteView digest_oid);
// The algorithm's name, whatever the digest; empty if it has no row.
std::string_view signature_algorithm_name(ByteView oid);
// The row that we write for a scheme.
const SignatureRow* signature_for(SignatureScheme scheme);
// The AlgorithmIdentifier that we write.
Bytes der_signature_algorithm(const SignatureRow& row);

// What we write.
inline constexpr Oid kOidSha256{"2.16.840.1.101.3.4.2.1"};
inline constexpr Oid kOidSha384{"2.16.840.1.101.3.4.2.2"};
inline constexpr Oid kOidSha512{"2.16.840.1.101.3.4.2.3"};
// Named so that a refusal can say why.
inline constexpr Oid kOidSha1{"1.3.14.3.2.26"};
inline constexpr Oid kOidAes256Gcm{"2.16.840.1.101.3.4.1.46"};
inline constexpr Oid kOidAes256Wrap{"2.16.840.1.101.3.4.1.45"};
inline constexpr Oid kOidStdDhSha256Kdf{"1.3.132.1.11.1"};
inline constexpr Oid kOidMlKem768{"2.16.840.1.101.3.4.4.2"};
inline constexpr Oid kOidHkdfSha256{"1.2.840.113549.1.9.16.3.28"};
inline constexpr Oid kOidEcPublicKey{"1.2.840.10045.2.1"};

}  // namespace culvert::crypto
