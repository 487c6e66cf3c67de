#include "crypto/keys/ml_kem_key.h"

#include <botan/ber_dec.h>
#include <botan/der_enc.h>
#include <botan/ml_kem.h>
#include <botan/system_rng.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace culvert::crypto {
namespace {

using Secret = Botan::secure_vector<std::uint8_t>;
using Key = Botan::ML_KEM_PrivateKey;

constexpr std::size_t kSeedBytes = 64;  // d and z of FIPS 203, algorithm 19
constexpr auto kSeedTag = Botan::ASN1_Type(0);
constexpr auto kSeedClass = Botan::ASN1_Class::ContextSpecific;

constexpr std::array<std::pair<std::string_view, Botan::ML_KEM_Mode::Mode>, 3> kModes{{
    {"2.16.840.1.101.3.4.4.1", Botan::ML_KEM_Mode::ML_KEM_512},
    {"2.16.840.1.101.3.4.4.2", Botan::ML_KEM_Mode::ML_KEM_768},
    {"2.16.840.1.101.3.4.4.3", Botan::ML_KEM_Mode::ML_KEM_1024},
}};

std::optional<Botan::ML_KEM_Mode> mode_of(const Botan::OID& oid) {
  const std::string dotted = oid.to_string();
  for (const auto& [name, mode] : kModes) {
    if (name == dotted) return Botan::ML_KEM_Mode(mode);
  }
  return std::nullopt;
}

// Botan tells the forms apart by length, so the length must match the announced form.
std::unique_ptr<const Key> from_seed(const Secret& seed, Botan::ML_KEM_Mode mode) {
  if (seed.size() != kSeedBytes) throw Botan::Decoding_Error("the seed has a wrong length");
  return std::make_unique<const Key>(seed, mode);
}

// FIPS 203, 7.3 requires a check of the hash inside; Botan does it by trying the key.
std::unique_ptr<const Key> from_expanded(const Secret& expanded, Botan::ML_KEM_Mode mode) {
  if (expanded.size() == kSeedBytes) throw Botan::Decoding_Error("the key has a wrong length");
  auto key = std::make_unique<const Key>(expanded, mode);
  if (!key->check_key(Botan::system_rng(), true)) {
    throw Botan::Decoding_Error("the key does not agree with itself");
  }
  return key;
}

std::unique_ptr<const Key> from_both(Botan::BER_Decoder in, Botan::ML_KEM_Mode mode) {
  Secret seed;
  Secret expanded;
  in.decode(seed, Botan::ASN1_Type::OctetString)
      .decode(expanded, Botan::ASN1_Type::OctetString)
      .verify_end();
  auto key = from_seed(seed, mode);
  const Secret right = key->private_key_bits_with_format(Botan::MlPrivateKeyFormat::Expanded);
  if (!equal_in_constant_time(right, expanded)) {
    throw Botan::Decoding_Error("the seed and the expanded key differ");
  }
  return key;
}

// The CHOICE inside privateKey.
std::unique_ptr<const Key> from_choice(const Secret& octets, Botan::ML_KEM_Mode mode) {
  const auto limits = Botan::BER_Decoder::Limits::DER();
  const Botan::BER_Object first = Botan::BER_Decoder(octets, limits).get_next_object();
  Botan::BER_Decoder in(octets, limits);
  if (first.is_a(Botan::ASN1_Type::Sequence, Botan::ASN1_Class::Constructed)) {
    auto key = from_both(in.start_sequence(), mode);
    in.verify_end();
    return key;
  }
  Secret value;
  const bool is_seed = first.is_a(kSeedTag, kSeedClass);
  if (is_seed) {
    in.decode(value, Botan::ASN1_Type::OctetString, kSeedTag, kSeedClass);
  } else {
    in.decode(value, Botan::ASN1_Type::OctetString);
  }
  in.verify_end();
  return is_seed ? from_seed(value, mode) : from_expanded(value, mode);
}

}  // namespace

std::unique_ptr<const Botan::Private_Key> load_ml_kem_key(ByteView pkcs8) {
  std::size_t version = 0;
  Botan::AlgorithmIdentifier algorithm;
  Botan::BER_Decoder outer(pkcs8);
  Botan::BER_Decoder info = outer.start_sequence();
  info.decode(version).decode(algorithm);
  const auto mode = mode_of(algorithm.oid());
  if (!mode) return nullptr;
  Secret octets;
  info.decode(octets, Botan::ASN1_Type::OctetString);
  info.discard_remaining();  // attributes, public key
  outer.verify_end();
  return from_choice(octets, *mode);
}

SecretBytes ml_kem_pkcs8(const Botan::Private_Key& key) {
  const auto* ml_kem = dynamic_cast<const Key*>(&key);
  if (ml_kem == nullptr) return {};
  const auto format = ml_kem->private_key_format();
  const Secret octets = ml_kem->private_key_bits_with_format(format);
  const bool is_seed = format == Botan::MlPrivateKeyFormat::Seed;
  Secret choice;
  Botan::DER_Encoder(choice).add_object(is_seed ? kSeedTag : Botan::ASN1_Type::OctetString,
                                        is_seed ? kSeedClass : Botan::ASN1_Class::Universal,
                                        octets.data(), octets.size());
  Secret info;
  Botan::DER_Encoder(info)
      .start_sequence()
      .encode(std::size_t{0})
      .encode(ml_kem->algorithm_identifier())
      .encode(choice, Botan::ASN1_Type::OctetString)
      .end_cons();
  return SecretBytes(ByteView(info));
}

}  // namespace culvert::crypto
