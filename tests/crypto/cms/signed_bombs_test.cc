// What a stranger sends must not buy processor time or memory: the worst that fits the bounds.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "crypto/cms/algorithms.h"
#include "crypto/cms/attributes.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/pss_parameters.h"
#include "crypto/keys/digest.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

constexpr Oid kOidRsa{"1.2.840.113549.1.1.1"};
constexpr Oid kOidPss{"1.2.840.113549.1.1.10"};
constexpr Oid kOidEcdsaSha256{"1.2.840.10045.4.3.2"};
constexpr Oid kOidCommonName{"2.5.4.3"};

Bytes positive_integer(ByteView octets) {
  const Bytes zero(1);
  return der(kTagInteger, {zero, octets});
}

Bytes bit_string(ByteView octets) {
  const Bytes unused(1);
  return der(kTagBitString, {unused, octets});
}

const Bytes kName = der_sequence(
    {der(kTagSet, {der_sequence({der_oid(kOidCommonName), der(0x0c, {as_bytes("a")})})})});

// A certificate of that key, with the serial number 1 and a signature that is none.
Bytes certificate_for(ByteView public_key_info) {
  const Bytes version = der(context_tag(0), {der_integer(2)});
  const Bytes validity = der_sequence({der_time(kNow), der_time(kNow + std::chrono::hours(1))});
  const Bytes body = der_sequence({version, der_integer(1), der_algorithm(kOidEcdsaSha256), kName,
                                   validity, kName, public_key_info});
  return der_sequence({body, der_algorithm(kOidEcdsaSha256), bit_string(Bytes(64))});
}

// No key that was ever made, but as costly as one. `seed` makes it another.
Bytes rsa_key_info(std::size_t bits, std::size_t exponent_bits, std::uint8_t seed) {
  Bytes modulus(bits / 8, 0xa5);
  modulus[1] = seed;
  Bytes exponent(exponent_bits / 8, 0xff);
  const Bytes key = der_sequence({positive_integer(modulus), positive_integer(exponent)});
  const Bytes null{kTagNull, 0};
  return der_sequence({der_sequence({der_oid(kOidRsa), null}), bit_string(key)});
}

// A SignerInfo by the holder of kName and serial number 1, right but for the signature.
Bytes signer_info(ByteView signature_algorithm, std::size_t signature_bytes,
                  std::size_t more_attributes = 0) {
  const auto attribute = [](const Oid& oid, ByteView value) {
    return der_sequence({der_oid(oid), der(kTagSet, {value})});
  };
  std::vector<Bytes> attributes{
      attribute(kOidContentType, der_oid(kOidData)),
      attribute(kOidMessageDigest, der_octet_string(sha256(as_bytes("content"))))};
  for (std::size_t i = 0; i < more_attributes; ++i) {
    attributes.push_back(attribute(Oid{"1.2.3.4"}, der_integer(static_cast<std::uint32_t>(i))));
  }
  Bytes signature(signature_bytes, 0x55);
  return der_sequence({der_integer(1), der_sequence({kName, der_integer(1)}),
                       der_algorithm(kOidSha256), der_set_of(attributes, context_tag(0)),
                       signature_algorithm, der_octet_string(signature)});
}

Bytes signed_data(const std::vector<Bytes>& certificates, const std::vector<Bytes>& signers) {
  const Bytes digests =
      der(kTagSet, {der_algorithm(kOidSha256), der_algorithm(kOidSha384), der_algorithm(kOidSha512),
                    der_algorithm(Oid{"2.16.840.1.101.3.4.2.12"})});
  const Bytes content = der_sequence(
      {der_oid(kOidData), der(context_tag(0), {der_octet_string(as_bytes("content"))})});
  const Bytes all = der_sequence({der_integer(1), digests, content,
                                  der_set_of(certificates, context_tag(0)), der_set_of(signers)});
  return der_sequence({der_oid(kOidSignedData), der(context_tag(0), {all})});
}

// What the judging of one object costs, in a process of its own.
struct Cost {
  double seconds;
  long resident_kib;
};

Cost cost_of(ByteView cms) {
  const pid_t child = fork();
  if (child == 0) {
    const auto verified = verify(cms);
    _exit(verified && verified->result.valid() ? 1 : 0);
  }
  int status = -1;
  rusage usage{};
  EXPECT_EQ(wait4(child, &status, 0, &usage), child);
  EXPECT_EQ(status, 0) << "nothing here is valid";
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss};
}

void expect_cheap(ByteView cms, const std::string& what) {
  const Cost cost = cost_of(cms);
  if (kIsSanitized) return;  // both are several times as much
  EXPECT_LT(cost.seconds, 1) << what;
  EXPECT_LT(cost.resident_kib, 64 * 1024) << what;
}

std::vector<Bytes> rsa_certificates(std::size_t count, std::size_t bits,
                                    std::size_t exponent_bits) {
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(certificate_for(rsa_key_info(bits, exponent_bits, static_cast<std::uint8_t>(i))));
  }
  return out;
}

Bytes rsa_algorithm() {
  const Bytes null{kTagNull, 0};
  return der_sequence({der_oid(kOidRsa), null});
}

Bytes pss_algorithm() {
  return der_sequence({der_oid(kOidPss), der_pss_parameters(*find_digest(kOidSha256.octets()))});
}

TEST(SignedBombs, LargeRsaKeysOfOneNameAreCheap) {
  const std::vector<std::pair<std::size_t, std::size_t>> sizes{
      {16384, 24}, {16384, 64}, {16384, 256}, {16392, 24}, {3072, 256}, {4096, 64}};
  for (const Bytes& algorithm : {rsa_algorithm(), pss_algorithm()}) {
    for (const auto& [bits, exponent_bits] : sizes) {
      expect_cheap(signed_data(rsa_certificates(64, bits, exponent_bits),
                               std::vector<Bytes>(32, signer_info(algorithm, bits / 8))),
                   std::to_string(bits) + " bits, exponent " + std::to_string(exponent_bits));
    }
  }
}

// A field whose parameters are spelled out would have its order tested for being a prime.
TEST(SignedBombs, CurvesOfOnesOwnAreCheap) {
  Bytes prime(66, 0xff);
  prime[0] = 0x01;
  std::vector<Bytes> certificates;
  for (std::uint8_t i = 0; i < 64; ++i) {
    Bytes point(133, i);
    point[0] = 4;
    Bytes order = prime;
    order[65] = static_cast<std::uint8_t>(2 * i + 1);
    const Bytes field = der_sequence({der_oid(Oid{"1.2.840.10045.1.1"}), positive_integer(prime)});
    const Bytes curve =
        der_sequence({der_octet_string(Bytes(66, i)), der_octet_string(Bytes(66, 1))});
    const Bytes parameters = der_sequence({der_integer(1), field, curve, der_octet_string(point),
                                           positive_integer(order), der_integer(1)});
    certificates.push_back(certificate_for(
        der_sequence({der_sequence({der_oid(kOidEcPublicKey), parameters}), bit_string(point)})));
  }
  expect_cheap(signed_data(certificates,
                           std::vector<Bytes>(32, signer_info(der_algorithm(kOidEcdsaSha256), 70))),
               "curves of one's own");
}

TEST(SignedBombs, ManySignersAttributesAndCertificatesAreCheap) {
  const Bytes key = rsa_key_info(2048, 24, 0);
  const Bytes one = signer_info(rsa_algorithm(), 256);
  expect_cheap(signed_data({certificate_for(key)}, std::vector<Bytes>(3000, one)), "3,000 signers");
  expect_cheap(signed_data({certificate_for(key)}, {signer_info(rsa_algorithm(), 256, 10'000)}),
               "10,000 attributes");
  expect_cheap(signed_data(rsa_certificates(66, 2048, 24), {one}), "66 certificates");
  const Bytes large = signer_info(rsa_algorithm(), 8192, 96);
  expect_cheap(signed_data(rsa_certificates(64, 16384, 24), std::vector<Bytes>(32, large)),
               "everything at its bound");
  const Bytes huge = certificate_for(rsa_key_info(std::size_t{60} * 1024 * 8, 24, 0));
  expect_cheap(signed_data(std::vector<Bytes>(64, huge), std::vector<Bytes>(32, one)),
               "keys of 60 KiB");
}

}  // namespace
}  // namespace culvert::crypto::testing
