// Chains of certificates that OpenSSL made (the shared vectors), and those of RFC 9216.
#include "crypto/keys/chain.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

const Time kNow = from_unix(1'806'062'400);  // 2027-03-26T12:00:00Z, when all of them are valid

class Chain : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(root);
    folder = root / "keys";
  }
  Certificate certificate(const std::string& name) const {
    return *Certificate::from_pem(read_text(folder / (name + ".cert.pem")));
  }
  std::string code(const std::string& name, const ChainMaterial& material, Time t = kNow) const {
    ChainEffort effort;
    const Status status = check_chain(certificate(name), material, t, effort);
    return status ? "trusted" : status.error().code;
  }

  std::filesystem::path folder;
};

TEST_F(Chain, LeadsToAnAnchor) {
  const ChainMaterial material{{certificate("ca")}, {}};
  for (const char* name : {"rsa2048", "p256", "p521", "bp384", "ed25519", "ed448", "x25519"})
    EXPECT_EQ(code(name, material), "trusted") << name;
  EXPECT_EQ(code("rfc9216/alice-sign", material), "untrusted");
}

TEST_F(Chain, GoesThroughIntermediatesAndAcrossAlgorithms) {
  const Certificate root = certificate("rfc9216/ca-rsa-self");
  const Certificate middle = certificate("rfc9216/ca-ed25519-cross");
  EXPECT_EQ(code("rfc9216/carlos-sign", {{root}, {middle}}), "trusted");
  EXPECT_EQ(code("rfc9216/carlos-sign", {{root}, {}}), "untrusted");
  EXPECT_EQ(code("rfc9216/alice-sign", {{root}, {}}), "trusted");
}

TEST_F(Chain, BelievesAnAnchorAsItIs) {
  EXPECT_EQ(code("p256", {{certificate("p256")}, {}}), "trusted");
  EXPECT_EQ(code("p256", {{}, {certificate("ca")}}), "untrusted");
}

TEST_F(Chain, EndsWithTheCertificate) {
  const ChainMaterial material{{certificate("ca")}, {}};
  EXPECT_EQ(code("p256", material, from_unix(0)), "certificate-expired");
  EXPECT_EQ(code("p256", material, from_unix(4'000'000'000)), "certificate-expired");
}

TEST_F(Chain, NeedsAnIssuerThatMayIssue) {
  // The key is right and the name is right, but an end entity's certificate issues nothing.
  EXPECT_EQ(code("p256", {{certificate("p384")}, {}}), "untrusted");
}

TEST_F(Chain, LooksAtABoundedNumberOfCandidates) {
  const std::vector<Certificate> many(kMaxChainCandidates + 1, certificate("stranger"));
  EXPECT_EQ(code("p256", {{certificate("ca")}, many}), "untrusted");
}

}  // namespace
}  // namespace culvert::crypto::testing
