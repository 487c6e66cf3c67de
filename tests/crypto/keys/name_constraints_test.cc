// Name constraints of issuers, as openssl makes and judges them.
#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

struct Case {
  std::string constraint;  // as openssl's configuration has it
  std::string subject;     // of the leaf
  std::string names;       // subjectAltName of the leaf; may be empty
  bool good;
};

class NamesUnderConstraints : public MadeChains {
 protected:
  // A leaf under an issuer with the constraint, under a root.
  void expect(const Case& one, const std::string& critical) const {
    SCOPED_TRACE(critical + one.constraint + " " + one.subject + " " + one.names);
    const Certificate issuer =
        make({.name = "issuer",
              .subject = "/CN=issuer",
              .issuer = "root",
              .extensions = kCaExtensions + "nameConstraints=" + critical + one.constraint +
                            "\n[dir]\nO=Firm\n[other]\nO=Other\n"});
    const std::string names = one.names.empty() ? "" : "subjectAltName=" + one.names + "\n";
    const Certificate leaf =
        make({.name = "leaf",
              .subject = one.subject,
              .issuer = "issuer",
              .extensions = kMailExtensions + names + "[dir]\nO=Firm\nCN=b\n"});
    const ChainMaterial material{{*root_}, {issuer}};
    one.good ? expect_trusted(leaf, material) : expect_untrusted(leaf, material);
  }
  void expect_all(const std::vector<Case>& cases) {
    root_ = make_root("root");
    for (const Case& one : cases)
      expect(one, "");
    expect(cases.front(), "critical,");
    expect(cases.back(), "critical,");
  }

  std::optional<Certificate> root_;
};

TEST_F(NamesUnderConstraints, AreMailAddresses) {
  expect_all({
      {"permitted;email:good.example", "/CN=b", "email:b@good.example", true},
      {"permitted;email:good.example", "/CN=b", "email:b@GOOD.Example", true},
      {"permitted;email:good.example", "/CN=b", "email:b@evil.example", false},
      {"permitted;email:good.example", "/CN=b", "email:b@sub.good.example", false},
      {"permitted;email:good.example", "/CN=b", "email:b@notgood.example", false},
      {"permitted;email:good.example", "/CN=b", "email:b@good.example,email:b@evil.example", false},
      {"permitted;email:good.example,permitted;email:fine.example", "/CN=b",
       "email:b@good.example,email:b@fine.example", true},
      {"permitted;email:.good.example", "/CN=b", "email:b@sub.good.example", true},
      {"permitted;email:.good.example", "/CN=b", "email:b@good.example", false},
      {"permitted;email:b@good.example", "/CN=b", "email:b@good.example", true},
      {"permitted;email:b@good.example", "/CN=b", "email:c@good.example", false},
      {"permitted;email:good.example", "/CN=b", "", true},
      {"excluded;email:good.example", "/CN=b", "email:b@evil.example", true},
      {"excluded;email:good.example", "/CN=b", "email:b@good.example", false},
      {"excluded;email:.good.example", "/CN=b", "email:b@sub.good.example", false},
      {"excluded;email:b@good.example", "/CN=b", "email:c@good.example", true},
      {"permitted;email:good.example,excluded;email:b@good.example", "/CN=b",
       "email:b@good.example", false},
  });
}

TEST_F(NamesUnderConstraints, AreAddressesInTheSubjectToo) {
  expect_all({
      {"permitted;email:good.example", "/emailAddress=b@good.example", "", true},
      {"permitted;email:good.example", "/emailAddress=b@evil.example", "", false},
      {"excluded;email:good.example", "/emailAddress=b@good.example", "", false},
  });
}

TEST_F(NamesUnderConstraints, AreDirectoryNames) {
  expect_all({
      {"permitted;dirName:dir", "/O=Firm/CN=b", "", true},
      {"permitted;dirName:dir", "/O=FIRM/CN=b", "", true},
      {"permitted;dirName:dir", "/O=Other/CN=b", "", false},
      {"permitted;dirName:dir", "/CN=b/O=Firm", "", false},
      {"permitted;dirName:dir", "/O=Firm/CN=b", "dirName:dir", true},
      {"permitted;dirName:other", "/O=Other/CN=b", "dirName:dir", false},
      {"excluded;dirName:dir", "/O=Other/CN=b", "", true},
      {"excluded;dirName:dir", "/O=Firm/CN=b", "", false},
  });
}

TEST_F(NamesUnderConstraints, AreHostsAndAddresses) {
  expect_all({
      {"permitted;DNS:good.example", "/CN=b", "DNS:a.good.example", true},
      {"permitted;DNS:good.example", "/CN=b", "DNS:good.example", true},
      {"permitted;DNS:good.example", "/CN=b", "DNS:evil.example", false},
      {"excluded;DNS:good.example", "/CN=b", "DNS:good.example", false},
      {"permitted;DNS:good.example", "/CN=b", "email:b@evil.example", true},
      // All hosts are excluded; openssl's configuration has no word for it.
      {"DER:3006A10430028200", "/CN=b", "DNS:good.example", false},
      {"DER:3006A10430028200", "/CN=b", "email:b@good.example", true},
      {"permitted;IP:10.0.0.0/255.0.0.0", "/CN=b", "IP:10.9.8.7", true},
      {"permitted;IP:10.0.0.0/255.0.0.0", "/CN=b", "IP:11.9.8.7", false},
      {"excluded;IP:10.0.0.0/255.0.0.0", "/CN=b", "IP:10.9.8.7", false},
  });
}

// OpenSSL compares those; we refuse what we do not compare.
TEST_F(NamesUnderConstraints, OfOtherFormsAreRefused) {
  root_ = make_root("root");
  const Certificate issuer =
      make({.name = "issuer",
            .subject = "/CN=issuer",
            .issuer = "root",
            .extensions = kCaExtensions + "nameConstraints=permitted;URI:good.example\n"});
  for (const bool is_constrained : {false, true}) {
    const std::string name = is_constrained ? "URI:http://good.example/x" : "email:b@a.example";
    const Certificate leaf =
        make({.name = "leaf",
              .subject = "/CN=b",
              .issuer = "issuer",
              .extensions = kMailExtensions + "subjectAltName=" + name + "\n"});
    EXPECT_EQ(verdict(leaf, {{*root_}, {issuer}}), is_constrained ? "untrusted" : "trusted");
  }
}

TEST_F(NamesUnderConstraints, HoldForAllBelowAndAreTakenTogether) {
  root_ = make_root("root");
  const auto make_issuer = [&](const std::string& name, const std::string& above,
                               const std::string& constraint) {
    return make({.name = name,
                 .subject = "/CN=" + name,
                 .issuer = above,
                 .extensions = kCaExtensions + "nameConstraints=critical," + constraint + "\n"});
  };
  const Certificate upper =
      make_issuer("upper", "root", "permitted;email:a.example,permitted;email:b.example");
  const Certificate lower =
      make_issuer("lower", "upper", "permitted;email:b.example,permitted;email:c.example");
  for (const std::string host : {"a", "b", "c"}) {
    const Certificate leaf =
        make({.name = "leaf",
              .subject = "/CN=leaf",
              .issuer = "lower",
              .extensions = kMailExtensions + "subjectAltName=email:x@" + host + ".example\n"});
    const ChainMaterial material{{*root_}, {lower, upper}};
    host == "b" ? expect_trusted(leaf, material) : expect_untrusted(leaf, material);
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
