#include "crypto/keys/private_key.h"

#include <botan/ber_dec.h>
#include <botan/data_src.h>
#include <botan/der_enc.h>
#include <botan/ec_group.h>
#include <botan/ecdsa.h>
#include <botan/pem.h>
#include <botan/pkcs8.h>
#include <botan/system_rng.h>
#include <botan/x509_key.h>

#include <array>
#include <exception>
#include <utility>

#include "crypto/base/log.h"
#include "crypto/keys/ber_elements.h"
#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/digest.h"
#include "crypto/keys/key_file_error.h"
#include "crypto/keys/library_keys.h"
#include "crypto/keys/library_words.h"
#include "crypto/keys/ml_kem_key.h"
#include "crypto/keys/private_key_parts.h"

namespace culvert::crypto {
namespace {

Error bad_key(std::string_view why, std::string_view detail = {}) {
  return permanent_error("bad-key", "not a usable private key: " + std::string(why),
                         printable(detail));
}

// Named only so that the refusal can say why; never used.
constexpr std::array<std::pair<const char*, std::string_view>, 3> kUnusedKinds{{
    {"1.2.840.10040.4.1", "DSA"},
    {"1.2.840.10046.2.1", "Diffie-Hellman"},
    {"1.2.840.113549.1.3.1", "Diffie-Hellman"},
}};

constexpr std::string_view kEcKeyOid = "1.2.840.10045.2.1";
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kUnusedCurves{{
    {"1.3.132.0.10", "secp256k1"},
    {"1.3.132.0.33", "P-224"},
    {"1.2.840.10045.3.1.1", "P-192"},
    {"1.2.156.10197.1.301", "SM2"},
}};

// The named curve in the algorithm of a PrivateKeyInfo; empty if the curve is known or there is
// none.
std::string unknown_curve_in(ByteView der) {
  BerElements in(der);
  BerElements fields = in.enter(BerTag::sequence);
  fields.number();
  BerElements algorithm = fields.enter(BerTag::sequence);
  algorithm.oid();
  const std::string curve = algorithm.oid();
  if (curve.empty() || Botan::EC_Group::supports_named_group(curve)) return {};
  for (const auto& [oid, name] : kUnusedCurves) {
    if (oid == curve) return std::string(name);
  }
  return curve;
}

// Why a PrivateKeyInfo could not be read; the reason may be its kind.
Error cannot_read(ByteView der, std::string_view detail) {
  BerElements in(der);
  BerElements fields = in.enter(BerTag::sequence);
  fields.number();
  const std::string kind = fields.enter(BerTag::sequence).oid();
  for (const auto& [oid, name] : kUnusedKinds) {
    if (kind == oid) return key_not_supported(std::string(name) + " keys are not used for mail");
  }
  if (kind == kEcKeyOid) {
    const std::string curve = unknown_curve_in(der);
    if (!curve.empty()) return bad_key("its curve, " + curve + ", is not supported", detail);
  }
  return bad_key("its form is wrong", detail);
}

// The algorithm in a PrivateKeyInfo if it is id-RSASSA-PSS (RFC 4055, 1.2). The public key must
// name it too, with its parameters. Throws if `der` is not a PrivateKeyInfo.
std::optional<Botan::AlgorithmIdentifier> pss_algorithm_of(ByteView der) {
  static const Botan::OID kPss(kRsaPssKeyOid);
  std::size_t version = 0;
  Botan::AlgorithmIdentifier algorithm;
  Botan::BER_Decoder(der).start_sequence().decode(version).decode(algorithm);
  if (algorithm.oid() != kPss) return std::nullopt;
  return algorithm;
}

Bytes public_key_info_of(const PrivateKeyParts& parts) {
  if (!parts.pss) return Botan::X509::BER_encode(*parts.key);
  Bytes info;
  Botan::DER_Encoder(info)
      .start_sequence()
      .encode(*parts.pss)
      .encode(parts.key->public_key_bits(), Botan::ASN1_Type::BitString)
      .end_cons();
  return info;
}

SecretBytes private_key_info_of(const PrivateKeyParts& parts) {
  if (!parts.pss) return SecretBytes(ByteView(parts.key->private_key_info()));
  Botan::secure_vector<std::uint8_t> info;
  Botan::DER_Encoder(info)
      .start_sequence()
      .encode(std::size_t{0})
      .encode(*parts.pss)
      .encode(parts.key->private_key_bits(), Botan::ASN1_Type::OctetString)
      .end_cons();
  return SecretBytes(ByteView(info));
}

std::shared_ptr<const PrivateKeyParts> parts_from(
    std::unique_ptr<const Botan::Private_Key> key,
    std::optional<Botan::AlgorithmIdentifier> pss = std::nullopt) {
  auto parts = std::make_shared<PrivateKeyParts>();
  parts->kind = pss ? KeyKind::rsa_pss : kind_of(*key);
  parts->pss = std::move(pss);
  if (is_ec(parts->kind)) {
    parts->agreement = std::make_unique<const Botan::ECDH_PrivateKey>(key->algorithm_identifier(),
                                                                      key->private_key_bits());
  }
  parts->key = std::move(key);
  parts->public_key_info = public_key_info_of(*parts);
  parts->key_id = KeyId(sha256(parts->public_key_info));
  return parts;
}

// Loads a whole PrivateKeyInfo. Throws if `der` is not one.
std::unique_ptr<const Botan::Private_Key> load(ByteView der) {
  if (auto key = load_ml_kem_key(der)) return key;
  Botan::DataSource_Memory source(der);
  std::unique_ptr<const Botan::Private_Key> key = Botan::PKCS8::load_key(source);
  if (!source.end_of_data()) throw Botan::Decoding_Error("octets follow it");
  return key;
}

}  // namespace

PrivateKey PrivateKey::generate_p256() {
  static const Botan::EC_Group kP256 = Botan::EC_Group::from_name("secp256r1");
  return PrivateKey(
      parts_from(std::make_unique<const Botan::ECDSA_PrivateKey>(Botan::system_rng(), kP256)));
}

Result<PrivateKey> PrivateKey::from_pkcs8(ByteView der) {
  if (der.size() > kMaxPrivateKeyBytes) return bad_key("it is too large");
  try {
    return PrivateKey(parts_from(load(der), pss_algorithm_of(der)));
  } catch (const std::exception& e) {
    return cannot_read(der, without_source(e.what()));
  }
}

SecretBytes PrivateKey::pkcs8() const {
  SecretBytes ml_kem = ml_kem_pkcs8(*parts_->key);
  if (!ml_kem.empty()) return ml_kem;
  return private_key_info_of(*parts_);
}

SecretBytes PrivateKey::pem() const {
  const SecretBytes der = pkcs8();
  std::string text = Botan::PEM_Code::encode(der.view().data(), der.size(), "PRIVATE KEY");
  SecretBytes out(as_bytes(text));
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return out;
}

const Bytes& PrivateKey::public_key_info() const { return parts_->public_key_info; }
const KeyId& PrivateKey::key_id() const { return parts_->key_id; }
KeyKind PrivateKey::kind() const { return parts_->kind; }

bool PrivateKey::belongs_to(const Certificate& certificate) const {
  if (certificate.public_key_info() == public_key_info()) return true;
  const auto& theirs = certificate.parts().key;
  return theirs && is_same_key(*parts_->key, *theirs);
}

}  // namespace culvert::crypto
