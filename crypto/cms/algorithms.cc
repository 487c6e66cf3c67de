#include "crypto/cms/algorithms.h"

#include <algorithm>
#include <array>

#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/pss_parameters.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr auto kAnyNull = DigestRow::Parameters::absent_or_null;
constexpr Oid kOidShake256Len{"2.16.840.1.101.3.4.2.18"};
constexpr Oid kOidShake256{"2.16.840.1.101.3.4.2.12"};

constexpr std::array kDigests{
    DigestRow{kOidSha256, "sha256", "SHA-256", 32, Strength::strong, kAnyNull},
    DigestRow{kOidSha384, "sha384", "SHA-384", 48, Strength::strong, kAnyNull},
    DigestRow{kOidSha512, "sha512", "SHA-512", 64, Strength::strong, kAnyNull},
    // Both names of SHAKE256 with 512 bits (RFC 8419, 2.3).
    DigestRow{kOidShake256Len, "shake256", "SHAKE-256(512)", 64, Strength::strong,
              DigestRow::Parameters::length_512},
    DigestRow{kOidShake256, "shake256", "SHAKE-256(512)", 64, Strength::strong,
              DigestRow::Parameters::absent},
    // Named so that the refusal can say why. SHA-1 is computed only to tell whether the content was
    // altered by accident; a signature with it never counts.
    DigestRow{kOidSha1, "sha1", "SHA-1", 20, Strength::broken, kAnyNull},
    DigestRow{Oid{"1.2.840.113549.2.5"}, "md5", "", 16, Strength::broken, kAnyNull},
};

constexpr auto kAead = CipherKind::aead;
constexpr auto kCbc = CipherKind::unauthenticated;
constexpr auto kGcmParameters = CipherRow::Parameters::gcm;
constexpr auto kNonce = CipherRow::Parameters::nonce;
constexpr auto kVector = CipherRow::Parameters::vector;
constexpr auto kRc2 = CipherRow::Parameters::rc2;
constexpr Oid kOidRc2{"1.2.840.113549.3.2"};

constexpr std::array kCiphers{
    CipherRow{kOidAes256Gcm, "aes256-gcm", "AES-256/GCM", 32, kAead, kGcmParameters, 16,
              Strength::strong},
    CipherRow{Oid{"2.16.840.1.101.3.4.1.26"}, "aes192-gcm", "AES-192/GCM", 24, kAead,
              kGcmParameters, 16, Strength::strong},
    CipherRow{Oid{"2.16.840.1.101.3.4.1.6"}, "aes128-gcm", "AES-128/GCM", 16, kAead, kGcmParameters,
              16, Strength::strong},
    CipherRow{Oid{"1.2.840.113549.1.9.16.3.18"}, "chacha20-poly1305", "ChaCha20Poly1305", 32, kAead,
              kNonce, 16, Strength::strong},
    CipherRow{Oid{"2.16.840.1.101.3.4.1.42"}, "aes256-cbc", "AES-256/CBC", 32, kCbc, kVector, 16,
              Strength::strong},
    CipherRow{Oid{"2.16.840.1.101.3.4.1.22"}, "aes192-cbc", "AES-192/CBC", 24, kCbc, kVector, 16,
              Strength::strong},
    CipherRow{Oid{"2.16.840.1.101.3.4.1.2"}, "aes128-cbc", "AES-128/CBC", 16, kCbc, kVector, 16,
              Strength::strong},
    CipherRow{Oid{"1.2.840.113549.3.7"}, "des-ede3-cbc", "TripleDES/CBC", 24, kCbc, kVector, 8,
              Strength::weak},
    CipherRow{kOidRc2, "rc2-40-cbc", "", 5, kCbc, kRc2, 8, Strength::broken},
    CipherRow{kOidRc2, "rc2-64-cbc", "", 8, kCbc, kRc2, 8, Strength::broken},
    CipherRow{kOidRc2, "rc2-128-cbc", "", 16, kCbc, kRc2, 8, Strength::broken},
};

constexpr std::array kWraps{
    WrapRow{Oid{"2.16.840.1.101.3.4.1.5"}, "aes128-wrap", 16, Strength::strong},
    WrapRow{Oid{"2.16.840.1.101.3.4.1.25"}, "aes192-wrap", 24, Strength::strong},
    WrapRow{kOidAes256Wrap, "aes256-wrap", 32, Strength::strong},
    WrapRow{Oid{"1.2.840.113549.1.9.16.3.6"}, "des-ede3-wrap", 24, Strength::weak},
};

constexpr auto kInfo = AgreementRow::Ukm::info;
constexpr auto kInfoAndSalt = AgreementRow::Ukm::info_and_salt;
constexpr Oid kOidStdDhSha384Kdf{"1.3.132.1.11.2"};
constexpr Oid kOidStdDhSha512Kdf{"1.3.132.1.11.3"};
constexpr Oid kOidStdDhHkdfSha256{"1.2.840.113549.1.9.16.3.19"};
constexpr Oid kOidStdDhHkdfSha512{"1.2.840.113549.1.9.16.3.21"};

constexpr std::array kAgreements{
    AgreementRow{kOidStdDhSha256Kdf, "stdDH-sha256kdf", "KDF2(SHA-256)", kInfo, Strength::strong},
    AgreementRow{kOidStdDhSha384Kdf, "stdDH-sha384kdf", "KDF2(SHA-384)", kInfo, Strength::strong},
    AgreementRow{kOidStdDhSha512Kdf, "stdDH-sha512kdf", "KDF2(SHA-512)", kInfo, Strength::strong},
    AgreementRow{Oid{"1.3.132.1.14.1"}, "cofactorDH-sha256kdf", "KDF2(SHA-256)", kInfo,
                 Strength::strong},
    AgreementRow{Oid{"1.3.132.1.14.2"}, "cofactorDH-sha384kdf", "KDF2(SHA-384)", kInfo,
                 Strength::strong},
    AgreementRow{Oid{"1.3.132.1.14.3"}, "cofactorDH-sha512kdf", "KDF2(SHA-512)", kInfo,
                 Strength::strong},
    AgreementRow{Oid{"1.3.133.16.840.63.0.2"}, "stdDH-sha1kdf", "KDF2(SHA-1)", kInfo,
                 Strength::weak},
    AgreementRow{Oid{"1.3.133.16.840.63.0.3"}, "cofactorDH-sha1kdf", "KDF2(SHA-1)", kInfo,
                 Strength::weak},
    AgreementRow{kOidStdDhHkdfSha256, "stdDH-hkdf-sha256", "HKDF(SHA-256)", kInfoAndSalt,
                 Strength::strong},
    AgreementRow{Oid{"1.2.840.113549.1.9.16.3.20"}, "stdDH-hkdf-sha384", "HKDF(SHA-384)",
                 kInfoAndSalt, Strength::strong},
    AgreementRow{kOidStdDhHkdfSha512, "stdDH-hkdf-sha512", "HKDF(SHA-512)", kInfoAndSalt,
                 Strength::strong},
};

constexpr std::array kCurves{
    CurveRow{KeyKind::ec_p256, kOidEcPublicKey, Oid{"1.2.840.10045.3.1.7"}, kOidStdDhSha256Kdf,
             kOidStdDhSha256Kdf},
    CurveRow{KeyKind::ec_p384, kOidEcPublicKey, Oid{"1.3.132.0.34"}, kOidStdDhSha384Kdf,
             kOidStdDhSha256Kdf},
    CurveRow{KeyKind::ec_p521, kOidEcPublicKey, Oid{"1.3.132.0.35"}, kOidStdDhSha512Kdf,
             kOidStdDhSha256Kdf},
    CurveRow{KeyKind::ec_bp256, kOidEcPublicKey, Oid{"1.3.36.3.3.2.8.1.1.7"}, kOidStdDhSha256Kdf,
             kOidStdDhSha256Kdf},
    CurveRow{KeyKind::ec_bp384, kOidEcPublicKey, Oid{"1.3.36.3.3.2.8.1.1.11"}, kOidStdDhSha384Kdf,
             kOidStdDhSha256Kdf},
    CurveRow{KeyKind::ec_bp512, kOidEcPublicKey, Oid{"1.3.36.3.3.2.8.1.1.13"}, kOidStdDhSha512Kdf,
             kOidStdDhSha256Kdf},
    CurveRow{KeyKind::x25519, Oid{"1.3.101.110"}, std::nullopt, kOidStdDhHkdfSha256,
             kOidStdDhHkdfSha256},
    CurveRow{KeyKind::x448, Oid{"1.3.101.111"}, std::nullopt, kOidStdDhHkdfSha512,
             kOidStdDhHkdfSha256},
};

constexpr std::array kEncapsulations{
    EncapsulationRow{Oid{"2.16.840.1.101.3.4.4.1"}, "ML-KEM-512", KemSet::ml_kem_512},
    EncapsulationRow{kOidMlKem768, "ML-KEM-768", KemSet::ml_kem_768},
    EncapsulationRow{Oid{"2.16.840.1.101.3.4.4.3"}, "ML-KEM-1024", KemSet::ml_kem_1024},
};

constexpr std::array kEncapsulationKdfs{
    EncapsulationKdfRow{kOidHkdfSha256, "HKDF(SHA-256)"},
    EncapsulationKdfRow{Oid{"1.2.840.113549.1.9.16.3.29"}, "HKDF(SHA-384)"},
    EncapsulationKdfRow{Oid{"1.2.840.113549.1.9.16.3.30"}, "HKDF(SHA-512)"},
};

constexpr auto kAbsent = SignatureRow::Parameters::absent;
constexpr auto kAbsentAsRule = SignatureRow::Parameters::absent_as_rule;
constexpr auto kNull = SignatureRow::Parameters::null;
constexpr auto kPss = SignatureRow::Parameters::pss;
constexpr auto kStrong = Strength::strong;
constexpr auto kBroken = Strength::broken;
constexpr Oid kOidRsaEncryption{"1.2.840.113549.1.1.1"};
constexpr Oid kOidPss{"1.2.840.113549.1.1.10"};
constexpr Oid kOidEd448{"1.3.101.113"};

// The first row of a scheme is the one that we write. For PKCS#1 v1.5 that is `rsaEncryption`,
// which everybody reads (RFC 5754, 3.2).
using enum SignatureScheme;
constexpr std::array kSignatures{
    SignatureRow{Oid{"1.2.840.10045.4.3.2"}, "ecdsa-with-SHA256", ecdsa_sha256, kOidSha256,
                 kAbsentAsRule, kStrong},
    SignatureRow{Oid{"1.2.840.10045.4.3.3"}, "ecdsa-with-SHA384", ecdsa_sha384, kOidSha384,
                 kAbsentAsRule, kStrong},
    SignatureRow{Oid{"1.2.840.10045.4.3.4"}, "ecdsa-with-SHA512", ecdsa_sha512, kOidSha512,
                 kAbsentAsRule, kStrong},
    SignatureRow{kOidRsaEncryption, "rsaEncryption", rsa_sha256, kOidSha256, kNull, kStrong},
    SignatureRow{kOidRsaEncryption, "rsaEncryption", rsa_sha384, kOidSha384, kNull, kStrong},
    SignatureRow{kOidRsaEncryption, "rsaEncryption", rsa_sha512, kOidSha512, kNull, kStrong},
    SignatureRow{Oid{"1.2.840.113549.1.1.11"}, "sha256WithRSAEncryption", rsa_sha256, kOidSha256,
                 kNull, kStrong},
    SignatureRow{Oid{"1.2.840.113549.1.1.12"}, "sha384WithRSAEncryption", rsa_sha384, kOidSha384,
                 kNull, kStrong},
    SignatureRow{Oid{"1.2.840.113549.1.1.13"}, "sha512WithRSAEncryption", rsa_sha512, kOidSha512,
                 kNull, kStrong},
    SignatureRow{kOidPss, "RSASSA-PSS", rsa_pss_sha256, kOidSha256, kPss, kStrong},
    SignatureRow{kOidPss, "RSASSA-PSS", rsa_pss_sha384, kOidSha384, kPss, kStrong},
    SignatureRow{kOidPss, "RSASSA-PSS", rsa_pss_sha512, kOidSha512, kPss, kStrong},
    SignatureRow{Oid{"1.3.101.112"}, "Ed25519", ed25519, kOidSha512, kAbsent, kStrong},
    SignatureRow{kOidEd448, "Ed448", ed448, kOidShake256Len, kAbsent, kStrong},
    SignatureRow{kOidEd448, "Ed448", ed448, kOidShake256, kAbsent, kStrong},
    // Named so that the refusal can say why; never computed.
    SignatureRow{Oid{"1.2.840.10045.4.1"}, "ecdsa-with-SHA1", ecdsa_sha256, kOidSha1, kAbsent,
                 kBroken},
    SignatureRow{Oid{"1.2.840.113549.1.1.5"}, "sha1WithRSAEncryption", rsa_sha256, kOidSha1, kNull,
                 kBroken},
};

template <typename Rows>
auto find_row(const Rows& rows, ByteView oid) -> const typename Rows::value_type* {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.oid == oid; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

bool AlgorithmName::parameters_absent_or_null() const {
  return parameters.empty() || (parameters.size() == 2 && parameters[0] == kTagNull);
}

Result<AlgorithmName> read_algorithm(BerReader& from, std::uint8_t identifier) {
  if (const Status in = from.enter(identifier); !in) return in.error();
  auto oid = from.oid();
  if (!oid) return oid.error();
  AlgorithmName name{*std::move(oid), {}};
  const auto next = from.peek();
  if (!next) return next.error();
  if (*next != kTagEnd) {
    auto parameters = from.element(kMaxAlgorithmBytes);
    if (!parameters) return parameters.error();
    name.parameters = *std::move(parameters);
  }
  if (const Status out = from.leave(); !out) return out.error();
  return name;
}

bool parameters_fit(const DigestRow& row, const AlgorithmName& name) {
  switch (row.parameters) {
    case DigestRow::Parameters::absent_or_null:
      return name.parameters_absent_or_null();
    case DigestRow::Parameters::absent:
      return name.parameters.empty();
    case DigestRow::Parameters::length_512:
      return name.parameters == der_integer(512);
  }
  return false;
}

Bytes der_digest_algorithm(const DigestRow& row) {
  if (row.parameters != DigestRow::Parameters::length_512) return der_algorithm(row.oid);
  return der_sequence({der_oid(row.oid), der_integer(512)});
}

const DigestRow* find_digest(ByteView oid) { return find_row(kDigests, oid); }
const CipherRow* find_cipher(ByteView oid) { return find_row(kCiphers, oid); }

const CipherRow* find_cipher_named(std::string_view name) {
  const auto* found = std::find_if(kCiphers.begin(), kCiphers.end(),
                                   [&](const CipherRow& row) { return row.name == name; });
  return found == kCiphers.end() ? nullptr : found;
}

const WrapRow* find_wrap(ByteView oid) { return find_row(kWraps, oid); }
const AgreementRow* find_agreement(ByteView oid) { return find_row(kAgreements, oid); }
const EncapsulationRow* find_encapsulation(ByteView oid) { return find_row(kEncapsulations, oid); }
const EncapsulationKdfRow* find_encapsulation_kdf(ByteView oid) {
  return find_row(kEncapsulationKdfs, oid);
}

const WrapRow* wrap_of_size(std::size_t key_bytes) {
  const auto* found = std::find_if(kWraps.begin(), kWraps.end(), [&](const WrapRow& row) {
    return row.key_bytes == key_bytes && row.strength == Strength::strong;
  });
  return found == kWraps.end() ? nullptr : found;
}

const CurveRow* find_curve(KeyKind kind) {
  const auto* found = std::find_if(kCurves.begin(), kCurves.end(),
                                   [&](const CurveRow& row) { return row.kind == kind; });
  return found == kCurves.end() ? nullptr : found;
}

const SignatureRow* find_signature(ByteView oid, ByteView digest_oid) {
  const auto* found = std::find_if(
      kSignatures.begin(), kSignatures.end(),
      [&](const SignatureRow& row) { return row.oid == oid && row.digest == digest_oid; });
  return found == kSignatures.end() ? nullptr : found;
}

std::string_view signature_algorithm_name(ByteView oid) {
  const SignatureRow* row = find_row(kSignatures, oid);
  return row == nullptr ? std::string_view() : row->name;
}

const SignatureRow* signature_for(SignatureScheme scheme) {
  const auto* found = std::find_if(kSignatures.begin(), kSignatures.end(),
                                   [&](const SignatureRow& row) { return row.scheme == scheme; });
  return found == kSignatures.end() ? nullptr : found;
}

Bytes der_signature_algorithm(const SignatureRow& row) {
  const Bytes null{kTagNull, 0};
  switch (row.parameters) {
    case SignatureRow::Parameters::absent:
    case SignatureRow::Parameters::absent_as_rule:
      break;
    case SignatureRow::Parameters::null:
      return der_sequence({der_oid(row.oid), null});
    case SignatureRow::Parameters::pss:
      return der_sequence(
          {der_oid(row.oid), der_pss_parameters(*find_digest(row.digest.octets()))});
  }
  return der_algorithm(row.oid);
}

}  // namespace culvert::crypto
