#include <botan/ber_dec.h>
#include <botan/ec_group.h>
#include <botan/ecc_key.h>
#include <botan/rsa.h>

#include <array>
#include <exception>
#include <utility>

#include "crypto/base/log.h"
#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/library_keys.h"

namespace culvert::crypto {
namespace {

constexpr std::array<std::pair<std::string_view, KeyKind>, 6> kCurves{{
    {"1.2.840.10045.3.1.7", KeyKind::ec_p256},
    {"1.3.132.0.34", KeyKind::ec_p384},
    {"1.3.132.0.35", KeyKind::ec_p521},
    {"1.3.36.3.3.2.8.1.1.7", KeyKind::ec_bp256},
    {"1.3.36.3.3.2.8.1.1.11", KeyKind::ec_bp384},
    {"1.3.36.3.3.2.8.1.1.13", KeyKind::ec_bp512},
}};

constexpr std::array<std::pair<std::string_view, KeyKind>, 6> kAlgorithms{{
    {"RSA", KeyKind::rsa},
    {"Ed25519", KeyKind::ed25519},
    {"Ed448", KeyKind::ed448},
    {"X25519", KeyKind::x25519},
    {"X448", KeyKind::x448},
    {"ML-KEM", KeyKind::ml_kem},
}};

// For keys that are shown although they cannot be used.
constexpr std::string_view kDsaKeyOid = "1.2.840.10040.4.1";
constexpr std::string_view kRsaKeyOid = "1.2.840.113549.1.1.1";
constexpr std::string_view kEcKeyOid = "1.2.840.10045.2.1";
constexpr std::size_t kMaxShownOidOctets = 80;

// For an unknown curve.
std::string curve_text(const Botan::AlgorithmIdentifier& algorithm) {
  try {
    Botan::OID curve;
    Botan::BER_Decoder(algorithm.parameters()).decode(curve).verify_end();
    return "on the curve " + printable(curve.to_string(), kMaxShownOidOctets);
  } catch (const std::exception&) {
    return "on a curve without a name";
  }
}

}  // namespace

std::string Certificate::key_text() const {
  if (key_kind() != KeyKind::other) return std::string(key_kind_name(key_kind()));
  const Botan::AlgorithmIdentifier& algorithm = parts_->x509.subject_public_key_algo();
  const std::string oid = algorithm.oid().to_string();
  if (oid == kDsaKeyOid) return "DSA";
  if (oid == kRsaKeyOid) return "RSA";
  return oid == kEcKeyOid ? curve_text(algorithm) : printable(oid, kMaxShownOidOctets);
}

bool is_ec(KeyKind kind) { return kind <= KeyKind::ec_bp512; }

KeyKind kind_of(const Botan::Public_Key& key) {
  if (const auto* ec = dynamic_cast<const Botan::EC_PublicKey*>(&key)) {
    const std::string curve = ec->domain().get_curve_oid().to_string();
    for (const auto& [oid, kind] : kCurves) {
      if (oid == curve) return kind;
    }
    return KeyKind::other;
  }
  const std::string name = key.algo_name();
  for (const auto& [algorithm, kind] : kAlgorithms) {
    if (name == algorithm) return kind;
  }
  return KeyKind::other;
}

std::string_view key_kind_name(KeyKind kind) {
  switch (kind) {
    case KeyKind::ec_p256:
      return "P-256";
    case KeyKind::ec_p384:
      return "P-384";
    case KeyKind::ec_p521:
      return "P-521";
    case KeyKind::ec_bp256:
      return "brainpoolP256r1";
    case KeyKind::ec_bp384:
      return "brainpoolP384r1";
    case KeyKind::ec_bp512:
      return "brainpoolP512r1";
    case KeyKind::rsa:
      return "RSA";
    case KeyKind::rsa_pss:
      return "RSA-PSS";
    case KeyKind::ed25519:
      return "Ed25519";
    case KeyKind::ed448:
      return "Ed448";
    case KeyKind::x25519:
      return "X25519";
    case KeyKind::x448:
      return "X448";
    case KeyKind::ml_kem:
      return "ML-KEM";
    case KeyKind::other:
      return "unknown";
  }
  return "unknown";
}

bool is_same_key(const Botan::Public_Key& a, const Botan::Public_Key& b) {
  const KeyKind kind = kind_of(a);
  if (kind == KeyKind::other || kind != kind_of(b)) return false;
  if (const auto* rsa = dynamic_cast<const Botan::RSA_PublicKey*>(&a)) {
    const auto& other = dynamic_cast<const Botan::RSA_PublicKey&>(b);
    return rsa->get_n() == other.get_n() && rsa->get_e() == other.get_e();
  }
  if (const auto* ec = dynamic_cast<const Botan::EC_PublicKey*>(&a)) {
    const auto& other = dynamic_cast<const Botan::EC_PublicKey&>(b);
    return ec->_public_ec_point() == other._public_ec_point();
  }
  return a.raw_public_key_bits() == b.raw_public_key_bits();
}

}  // namespace culvert::crypto
