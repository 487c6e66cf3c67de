// Policies that issuers demand, as openssl makes and judges them.
#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

struct Case {
  std::string upper;  // extensions of the first issuer below the root
  std::string lower;  // of the next
  std::string leaf;
  bool good;
};

const std::string kGold = "certificatePolicies=1.2.3.4\n";
const std::string kSilver = "certificatePolicies=1.2.3.5\n";
const std::string kAny = "certificatePolicies=2.5.29.32.0\n";
const std::string kDemand = "policyConstraints=critical,requireExplicitPolicy:0\n";
const std::string kGoldIsSilver = "policyMappings=critical,1.2.3.4:1.2.3.5\n";

class PoliciesOfChains : public MadeChains {
 protected:
  void expect_all(const std::vector<Case>& cases) {
    openssl_checks = "-policy_check -policy anyPolicy";
    const Certificate root = make_root("root");
    for (const Case& one : cases) {
      SCOPED_TRACE(one.upper + "/ " + one.lower + "/ " + one.leaf);
      const Certificate upper = make({.name = "upper",
                                      .subject = "/CN=upper",
                                      .issuer = "root",
                                      .extensions = kCaExtensions + one.upper});
      const Certificate lower = make({.name = "lower",
                                      .subject = "/CN=lower",
                                      .issuer = "upper",
                                      .extensions = kCaExtensions + one.lower});
      const Certificate leaf = make({.name = "leaf",
                                     .subject = "/CN=leaf",
                                     .issuer = "lower",
                                     .extensions = kMailExtensions + one.leaf});
      const ChainMaterial material{{root}, {upper, lower}};
      one.good ? expect_trusted(leaf, material) : expect_untrusted(leaf, material);
    }
  }
};

TEST_F(PoliciesOfChains, AreNeededOnlyWhereAnIssuerDemandsThem) {
  expect_all({
      {"", "", "", true},
      {kGold, kSilver, "", true},
      {kDemand + kGold, kGold, kGold, true},
      {kDemand + kGold, kGold, kSilver, false},
      {kDemand + kGold, kGold, "", false},
      {kDemand + kGold, "", kGold, false},
      {kDemand, kGold, kGold, false},
      {kDemand + kAny, kGold, kGold, true},
      {kDemand + kAny, kAny, kGold, true},
      {"policyConstraints=critical,requireExplicitPolicy:1\n", "", "", false},
      {"policyConstraints=critical,requireExplicitPolicy:3\n", "", "", true},
      {"", "", kDemand, false},
      {kGold, kGold, kGold + kDemand, true},
  });
}

TEST_F(PoliciesOfChains, AreNotAnyPolicyWhereThatIsInhibited) {
  const std::string inhibit = "inhibitAnyPolicy=critical,0\n";
  expect_all({
      {inhibit, "", "", true},
      {inhibit + kDemand + kGold, kAny, kGold, false},
      {inhibit + kDemand + kGold, kGold, kGold, true},
      {"inhibitAnyPolicy=critical,1\n" + kDemand + kGold, kAny, kGold, true},
      {"inhibitAnyPolicy=critical,1\n" + kDemand + kGold, kAny, kAny, false},
  });
}

TEST_F(PoliciesOfChains, AreMapped) {
  const std::string no_mapping =
      "policyConstraints=critical,requireExplicitPolicy:0,inhibitPolicyMapping:0\n";
  expect_all({
      {kDemand + kGold, kGold + kGoldIsSilver, kSilver, true},
      {kDemand + kGold, kGold + kGoldIsSilver, kGold, false},
      {kDemand + kAny, kAny + kGoldIsSilver, kSilver, true},
      {no_mapping + kGold, kGold + kGoldIsSilver, kSilver, false},
      {no_mapping + kGold, kGold + kGoldIsSilver, kGold, false},
  });
}

}  // namespace
}  // namespace culvert::crypto::testing
