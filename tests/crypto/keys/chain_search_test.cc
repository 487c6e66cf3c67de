// How chains are found, and what that may cost. The certificates are made by openssl.
#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

class ChainSearching : public MadeChains {
 protected:
  // Why it is not trusted.
  static std::string reason(const Certificate& leaf, const ChainMaterial& material) {
    ChainEffort effort;
    const Status status = check_chain(leaf, material, from_unix(std::time(nullptr)), effort);
    return status ? "" : status.error().detail;
  }
  Certificate make_leaf(const std::string& issuer) const {
    return make({.name = "leaf" + issuer,
                 .subject = "/CN=leaf",
                 .issuer = issuer,
                 .extensions = kMailExtensions});
  }
  // Several that issue each other in turn, the last one the leaf; each is named after its place.
  std::vector<Certificate> make_chain(const std::string& top, std::size_t length) const {
    std::vector<Certificate> all;
    std::string issuer = top;
    for (std::size_t i = 0; i + 1 < length; ++i) {
      const std::string name = "issuer" + std::to_string(i);
      all.push_back(make({.name = name, .subject = "/CN=" + name, .issuer = issuer}));
      issuer = name;
    }
    all.push_back(make_leaf(issuer));
    return all;
  }
};

TEST_F(ChainSearching, ComputesWithNoKeyThatNoAnchorVouchesFor) {
  const Certificate root = make_root("root");
  make_root("impostor");  // of the same name
  std::vector<Certificate> chain = make_chain("impostor", 6);
  const Certificate leaf = chain.back();
  chain.pop_back();
  ChainEffort effort;
  for (int signer = 0; signer < 32; ++signer) {
    const Status status = check_chain(leaf, {{root}, chain}, from_unix(std::time(nullptr)), effort);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, "untrusted");
  }
  EXPECT_EQ(effort.signatures(), 1u);
}

TEST_F(ChainSearching, EndsWithTheEffortOfTheMessage) {
  const Certificate root = make_root("root");
  // Anchors of the same name, each of which is asked about each leaf.
  std::vector<Certificate> anchors;
  for (int i = 0; i < 8; ++i)
    anchors.push_back(make_root("impostor"));
  std::vector<Certificate> leaves;
  for (std::size_t i = 0; i < kMaxChainSignatures / anchors.size(); ++i)
    leaves.push_back(make_leaf("root"));
  const Certificate last = make_leaf("root");
  const Time now = from_unix(std::time(nullptr));
  ChainEffort effort;
  for (const Certificate& leaf : leaves) {
    EXPECT_FALSE(check_chain(leaf, {anchors, {}}, now, effort).ok());
    EXPECT_FALSE(check_chain(leaf, {anchors, {}}, now, effort).ok());
  }
  EXPECT_EQ(effort.signatures(), kMaxChainSignatures);
  const Status refused = check_chain(last, {{root}, {}}, now, effort);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "untrusted");
  ChainEffort another;
  EXPECT_TRUE(check_chain(last, {{root}, {}}, now, another).ok());
}

TEST_F(ChainSearching, ComputesWithNoExponentThatNobodyUses) {
  const Certificate root = make_root("root");
  for (const bool is_huge : {false, true}) {
    // 2^255 + 1 and 2^257 + 1.
    const std::string exponent =
        "0x" + std::string(is_huge ? "2" : "8") + std::string(is_huge ? 63 : 62, '0') + "1";
    const Certificate issuer = make({.name = "issuer",
                                     .subject = "/CN=issuer",
                                     .issuer = "root",
                                     .algorithm = "RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt "
                                                  "rsa_keygen_pubexp:" +
                                                  exponent});
    EXPECT_EQ(verdict(make_leaf("issuer"), {{root}, {issuer}}), is_huge ? "untrusted" : "trusted");
  }
}

// Not for a reason either: some of them have no key at all.
TEST_F(ChainSearching, ComputesWithNoKeyOfAnAnchorThatIsNotUsed) {
  const std::vector<MadeCertificate> unused{
      {.name = "curve",
       .subject = "/CN=root",
       .issuer = "curve",
       .algorithm = "EC -pkeyopt ec_paramgen_curve:secp256k1"},
      {.name = "critical",
       .subject = "/CN=root",
       .issuer = "critical",
       .extensions = kCaExtensions + "1.2.3.4=critical,DER:05:00\n"},
      {.name = "exponent",
       .subject = "/CN=root",
       .issuer = "exponent",
       .algorithm = "RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:0x2" +
                    std::string(63, '0') + "1"}};
  for (const MadeCertificate& one : unused) {
    const Certificate anchor = make(one);
    const Certificate leaf = make_leaf(one.name);  // before the clock is read
    ChainEffort effort;
    const Status status = check_chain(leaf, {{anchor}, {}}, from_unix(std::time(nullptr)), effort);
    ASSERT_FALSE(status.ok()) << one.name;
    EXPECT_NE(status.error().detail.find("the issuer"), std::string::npos) << status.error().detail;
    EXPECT_EQ(effort.signatures(), 0u) << one.name;
  }
}

TEST_F(ChainSearching, TakesChainsOfTenAndNoLongerOnes) {
  const Certificate root = make_root("root");
  for (const std::size_t length : {kMaxChainLength, kMaxChainLength + 1}) {
    std::vector<Certificate> chain = make_chain("root", length - 1);
    const Certificate leaf = chain.back();
    chain.pop_back();
    const bool fits = length == kMaxChainLength;
    EXPECT_EQ(verdict(leaf, {{root}, chain}), fits ? "trusted" : "untrusted") << length;
  }
}

TEST_F(ChainSearching, FindsTheWayAmongThoseThatIssueEachOther) {
  const Certificate root = make_root("root");
  constexpr int kEach = 4;
  std::vector<Certificate> all;
  for (int i = 0; i < kEach; ++i) {
    for (const std::string side : {"a", "b"}) {
      const std::string name = side + std::to_string(i);
      make({.name = name, .subject = "/CN=" + side, .issuer = name});
    }
  }
  for (int i = 0; i < kEach; ++i) {
    for (int k = 0; k < kEach; ++k) {
      const std::string a = "a" + std::to_string(i);
      const std::string b = "b" + std::to_string(k);
      all.push_back(make({.name = "x", .subject = "/CN=a", .issuer = b, .key = a}));
      all.push_back(make({.name = "x", .subject = "/CN=b", .issuer = a, .key = b}));
    }
  }
  const Certificate leaf = make_leaf("b0");
  EXPECT_EQ(verdict(leaf, {{root}, all}), "untrusted");
  all.push_back(make({.name = "x", .subject = "/CN=a", .issuer = "root", .key = "a3"}));
  EXPECT_EQ(verdict(leaf, {{root}, all}), "trusted");
}

TEST_F(ChainSearching, HoldsToTheLengthsThatIssuersGive) {
  const std::string limited = "basicConstraints=critical,CA:true,pathlen:0\n";
  const Certificate root = make_root("root");
  const Certificate upper =
      make({.name = "upper", .subject = "/CN=upper", .issuer = "root", .extensions = limited});
  const Certificate lower = make({.name = "lower", .subject = "/CN=lower", .issuer = "upper"});
  expect_trusted(make_leaf("upper"), {{root}, {upper, lower}});
  expect_untrusted(make_leaf("lower"), {{root}, {upper, lower}});
  // What an anchor says of itself counts as well.
  expect_untrusted(make_leaf("lower"), {{upper, root}, {lower}});
  // Issued by itself, for a new key, is no step down.
  const Certificate renewed = make({.name = "renewed", .subject = "/CN=upper", .issuer = "upper"});
  expect_trusted(make_leaf("renewed"), {{root}, {upper, renewed}});
}

TEST_F(ChainSearching, RefusesCriticalExtensionsThatItDoesNotKnow) {
  const std::string strange = "1.2.3.4=critical,ASN1:UTF8:strange\n";
  const Certificate root = make_root("root");
  const Certificate issuer = make({.name = "issuer",
                                   .subject = "/CN=issuer",
                                   .issuer = "root",
                                   .extensions = kCaExtensions + strange});
  expect_untrusted(make_leaf("issuer"), {{root}, {issuer}});
  const Certificate leaf = make({.name = "leaf",
                                 .subject = "/CN=leaf",
                                 .issuer = "root",
                                 .extensions = kMailExtensions + strange});
  expect_untrusted(leaf, {{root}, {}});
}

TEST_F(ChainSearching, PassesOverIssuersForOtherPurposes) {
  const Certificate root = make_root("root");
  for (const auto& [purposes, good] :
       std::vector<std::pair<std::string, bool>>{{"serverAuth", false},
                                                 {"serverAuth,emailProtection", true},
                                                 {"emailProtection", true}}) {
    const Certificate issuer =
        make({.name = "issuer",
              .subject = "/CN=issuer",
              .issuer = "root",
              .extensions = kCaExtensions + "extendedKeyUsage=" + purposes + "\n"});
    const ChainMaterial material{{root}, {issuer}};
    const Certificate leaf = make_leaf("issuer");
    good ? expect_trusted(leaf, material) : expect_untrusted(leaf, material);
    EXPECT_EQ(verdict(leaf, {{issuer}, {}}), "trusted") << "who trusts it, trusts it for mail";
  }
}

// Whichever of them stands first: of an issuer that did not sign nothing is said that counts.
TEST_F(ChainSearching, GivesTheReasonOfTheIssuerThatSigned) {
  const Certificate other = make_root("other");
  const Certificate real =
      make({.name = "real",
            .subject = "/CN=root",
            .issuer = "real",
            .extensions = kCaExtensions + "nameConstraints=critical,permitted;email:b.example\n"});
  const Certificate leaf =
      make({.name = "leaf",
            .subject = "/CN=leaf",
            .issuer = "real",
            .extensions = kMailExtensions + "subjectAltName=email:jane@a.example\n"});
  for (const ChainMaterial& material :
       {ChainMaterial{{other, real}, {}}, ChainMaterial{{real, other}, {}}}) {
    EXPECT_NE(reason(leaf, material).find("b.example"), std::string::npos)
        << reason(leaf, material);
  }
  const Certificate useless = make({.name = "useless",
                                    .subject = "/CN=root",
                                    .issuer = "useless",
                                    .extensions = "basicConstraints=critical,CA:false\n"});
  const Certificate forged = make_leaf("other");
  for (const ChainMaterial& material :
       {ChainMaterial{{useless, real}, {}}, ChainMaterial{{real, useless}, {}}}) {
    EXPECT_NE(reason(leaf, material).find("b.example"), std::string::npos)
        << reason(leaf, material);
    EXPECT_NE(reason(forged, material).find("is wrong"), std::string::npos)
        << reason(forged, material);
  }
}

TEST_F(ChainSearching, ComparesNamesAsPeopleDo) {
  const Certificate root =
      make({.name = "root", .subject = "/O=A  Company/CN=Root", .issuer = "root"});
  make({.name = "same", .subject = "/O=a company/CN=ROOT", .issuer = "same", .key = "root"});
  expect_trusted(make_leaf("same"), {{root}, {}});
  make({.name = "swapped", .subject = "/CN=Root/O=A Company", .issuer = "swapped", .key = "root"});
  expect_untrusted(make_leaf("swapped"), {{root}, {}});
}

}  // namespace
}  // namespace culvert::crypto::testing
