#include "crypto/keys/signature.h"
#include "crypto/keys/files/pem_key.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "crypto/keys/memory_key_ring.h"
#include "crypto/keys/pss.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

using enum SignatureScheme;

constexpr std::array kAllSchemes{ecdsa_sha256,   ecdsa_sha384, ecdsa_sha512,   rsa_sha256,
                                 rsa_sha384,     rsa_sha512,   rsa_pss_sha256, rsa_pss_sha384,
                                 rsa_pss_sha512, ed25519,      ed448};

struct Identity {
  PrivateKey key;
  Certificate certificate;
};

Identity identity(const std::filesystem::path& root, const std::string& name) {
  return {*private_key_from_pem(read_text(root / "keys" / (name + ".key.pem"))),
          *Certificate::from_pem(read_text(root / "keys" / (name + ".cert.pem")))};
}

TEST(Signature, EveryKindOfKeyMakesItsSchemesAndNoOthers) {
  CULVERT_REQUIRE_VECTORS(root);
  const std::vector<SignatureScheme> ecdsa{ecdsa_sha256, ecdsa_sha384, ecdsa_sha512};
  const std::vector<SignatureScheme> rsa{rsa_sha256,     rsa_sha384,     rsa_sha512,
                                         rsa_pss_sha256, rsa_pss_sha384, rsa_pss_sha512};
  const std::vector<std::pair<std::string, std::vector<SignatureScheme>>> kinds{
      {"p256", ecdsa},    {"p384", ecdsa},        {"p521", ecdsa},  {"bp256", ecdsa},
      {"bp384", ecdsa},   {"bp512", ecdsa},       {"rsa2048", rsa}, {"rsa3072", rsa},
      {"ed448", {ed448}}, {"ed25519", {ed25519}}, {"x25519", {}}};
  const Bytes message = to_bytes("message");
  for (const auto& [name, fitting] : kinds) {
    const Identity one = identity(root, name);
    MemoryKeyRing ring;
    ring.add_signing_key(one.key);
    for (const SignatureScheme scheme : kAllSchemes) {
      const bool fits = std::find(fitting.begin(), fitting.end(), scheme) != fitting.end();
      const auto signature = ring.sign(one.key.key_id(), scheme, message);
      EXPECT_EQ(check_key(one.certificate, scheme), fits ? KeyFit::fits : KeyFit::wrong_kind);
      ASSERT_EQ(signature.ok(), fits) << name << " " << static_cast<int>(scheme);
      if (!fits) continue;
      EXPECT_TRUE(verify_signature(one.certificate, scheme, message, *signature));
      EXPECT_FALSE(verify_signature(one.certificate, scheme, to_bytes("massage"), *signature));
      for (const SignatureScheme other : kAllSchemes) {
        EXPECT_EQ(verify_signature(one.certificate, other, message, *signature), other == scheme);
      }
    }
  }
}

TEST(Signature, PssAgreesWithTheOtherImplementationOfIt) {
  CULVERT_REQUIRE_VECTORS(root);
  const Identity one = identity(root, "rsa2048");
  MemoryKeyRing ring;
  ring.add_signing_key(one.key);
  const Bytes message = to_bytes("message");
  const PssParameters parameters{"SHA-384", "SHA-384", 48};
  Bytes signature = *ring.sign(one.key.key_id(), rsa_pss_sha384, message);
  EXPECT_TRUE(verify_pss(one.certificate, parameters, message, signature));
  for (const PssParameters& other :
       {PssParameters{"SHA-256", "SHA-384", 48}, PssParameters{"SHA-384", "SHA-256", 48},
        PssParameters{"SHA-384", "SHA-384", 47}, PssParameters{"SHA-384", "SHA-384", 49},
        PssParameters{"SHA-384", "SHA-384", 100'000}}) {
    EXPECT_FALSE(verify_pss(one.certificate, other, message, signature));
  }
  for (std::size_t bit = 0; bit < signature.size() * 8; bit += 5) {
    Bytes bent = signature;
    bent[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(verify_pss(one.certificate, parameters, message, bent)) << bit;
  }
  signature.insert(signature.begin(), 0);
  EXPECT_FALSE(verify_pss(one.certificate, parameters, message, signature));
  EXPECT_FALSE(verify_pss(one.certificate, parameters, message, {}));
  EXPECT_FALSE(verify_pss(one.certificate, parameters, message, Bytes(256, 0xff)));
  EXPECT_FALSE(verify_pss(identity(root, "p256").certificate, parameters, message, signature));
}

class SignatureByOpenSsl : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("openssl version > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "there is no openssl program";
    }
    std::string name = (std::filesystem::temp_directory_path() / "culvert-keys-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
    std::ofstream(folder / "message") << "message";
  }
  void TearDown() override {
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }
  bool run(const std::string& arguments) const {
    const std::string command =
        "cd '" + folder.string() + "' && openssl " + arguments + " > /dev/null 2> errors";
    return std::system(command.c_str()) == 0;
  }
  // A new RSA key `key` with its certificate.
  Certificate make_certificate(const std::string& algorithm) const {
    EXPECT_TRUE(run("genpkey -out key -algorithm " + algorithm));
    EXPECT_TRUE(run("req -x509 -new -key key -out certificate -subj /CN=a -days 9")) << algorithm;
    return *Certificate::from_pem(read_text(folder / "certificate"));
  }
  Bytes sign(const std::string& digest, const std::string& options) const {
    EXPECT_TRUE(run("dgst -" + digest + " -sign key -out signature " + options + " message"))
        << options;
    return read_file(folder / "signature");
  }
  std::filesystem::path folder;
};

// Moduli whose encoded message has whole octets, one bit more, and one less; every mix of hashes.
TEST_F(SignatureByOpenSsl, PssOfEveryShapeVerifies) {
  const std::vector<std::pair<std::string, std::string_view>> hashes{
      {"sha256", "SHA-256"}, {"sha384", "SHA-384"}, {"sha512", "SHA-512"}};
  for (const char* bits : {"1024", "2047", "2048", "2049"}) {
    const Certificate signer =
        make_certificate(std::string("RSA -pkeyopt rsa_keygen_bits:") + bits);
    for (const auto& [hash, hash_engine] : hashes) {
      for (const auto& [mask, mask_engine] : hashes) {
        for (const std::size_t salt : {std::size_t{0}, std::size_t{1}, std::size_t{62}}) {
          const Bytes signature =
              sign(hash, "-sigopt rsa_padding_mode:pss -sigopt rsa_mgf1_md:" + mask +
                             " -sigopt rsa_pss_saltlen:" + std::to_string(salt));
          const PssParameters parameters{hash_engine, mask_engine, salt};
          EXPECT_TRUE(verify_pss(signer, parameters, to_bytes("message"), signature))
              << bits << hash << mask << salt;
          EXPECT_FALSE(verify_pss(signer, parameters, to_bytes("massage"), signature));
        }
      }
    }
  }
}

TEST_F(SignatureByOpenSsl, KeysForPssOnlyAreKnown) {
  const Certificate signer = make_certificate("RSA-PSS -pkeyopt rsa_keygen_bits:2048");
  EXPECT_EQ(signer.key_kind(), KeyKind::rsa_pss);
  EXPECT_EQ(preferred_scheme(signer.key_kind()), rsa_pss_sha256);
  EXPECT_EQ(check_key(signer, rsa_sha256), KeyFit::wrong_kind);
  const Bytes signature = sign("sha256", "-sigopt rsa_pss_saltlen:32");
  EXPECT_TRUE(verify_signature(signer, rsa_pss_sha256, to_bytes("message"), signature));
}

TEST_F(SignatureByOpenSsl, DigestsLongerThanTheCurveAreCut) {
  for (const char* curve : {"P-256", "brainpoolP256r1", "P-384", "brainpoolP384r1", "P-521"}) {
    const Certificate signer =
        make_certificate(std::string("EC -pkeyopt ec_paramgen_curve:") + curve);
    for (const auto& [digest, scheme] :
         {std::pair{"sha256", ecdsa_sha256}, std::pair{"sha384", ecdsa_sha384},
          std::pair{"sha512", ecdsa_sha512}}) {
      EXPECT_TRUE(verify_signature(signer, scheme, to_bytes("message"), sign(digest, "")))
          << curve << digest;
    }
  }
}

TEST_F(SignatureByOpenSsl, KeysOfASizeOutOfBoundsDoNotFit) {
  const Certificate small = make_certificate("RSA -pkeyopt rsa_keygen_bits:1016");
  EXPECT_EQ(check_key(small, rsa_sha256), KeyFit::bad_size);
  EXPECT_FALSE(verify_signature(small, rsa_sha256, to_bytes("message"), sign("sha256", "")));
  // 2^65 + 1 is fine for 2,048 bits.
  const std::string exponent = " -pkeyopt rsa_keygen_pubexp:36893488147419103233";
  EXPECT_EQ(check_key(make_certificate("RSA -pkeyopt rsa_keygen_bits:2048" + exponent), rsa_sha256),
            KeyFit::fits);
  EXPECT_EQ(check_key(make_certificate("RSA -pkeyopt rsa_keygen_bits:3080" + exponent), rsa_sha256),
            KeyFit::bad_size);
}

}  // namespace
}  // namespace culvert::crypto::testing
