// The mail addresses of certificates that openssl makes.
#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

class Addresses : public MadeChains {
 protected:
  std::vector<std::string> of(const std::string& subject, const std::string& extension) const {
    const Certificate certificate =
        make({.name = "x", .subject = subject, .issuer = "x", .extensions = extension});
    std::vector<std::string> out;
    for (const Mailbox& address : certificate.addresses())
      out.push_back(address.text());
    return out;
  }
};

using Texts = std::vector<std::string>;

TEST_F(Addresses, StandInTheSubjectWhereThereIsNoOtherPlace) {
  EXPECT_EQ(of("/CN=b/emailAddress=b@a.example", ""), Texts{"b@a.example"});
  EXPECT_EQ(of("/emailAddress=b@a.example/emailAddress=c@a.example", ""),
            (Texts{"b@a.example", "c@a.example"}));
  EXPECT_EQ(of("/emailAddress=b@a.example", "subjectAltName=DNS:a.example\n"),
            Texts{"b@a.example"});
  EXPECT_EQ(of("/CN=b@a.example", ""), Texts{});
}

TEST_F(Addresses, OfTheSubjectGiveWayToTheOtherPlace) {
  EXPECT_EQ(of("/emailAddress=b@a.example", "subjectAltName=email:c@a.example\n"),
            Texts{"c@a.example"});
  // Even if nobody can read what stands there.
  EXPECT_EQ(of("/emailAddress=b@a.example", "subjectAltName=email:nobody\n"), Texts{});
  EXPECT_EQ(of("/emailAddress=b@a.example", "subjectAltName=DER:30028100\n"), Texts{});
  EXPECT_EQ(of("/emailAddress=b@a.example", "subjectAltName=DER:30058103ff40fe\n"), Texts{});
  EXPECT_EQ(of("/emailAddress=b@a.example", "subjectAltName=DER:30058203ff\n"), Texts{});
}

TEST_F(Addresses, AreReadStrictly) {
  for (const std::string text :
       {"b@a.example ", " b@a.example", "Bob <b@a.example>", "b@a@a.example",
        "mailto:b@a.example, c@a.example", "nobody", "b@a.example."}) {
    EXPECT_EQ(of("/emailAddress=" + text, ""), Texts{}) << text;
  }
  EXPECT_EQ(of("/CN=b", "subjectAltName=email:b@a.example.\n"), Texts{});
}

}  // namespace
}  // namespace culvert::crypto::testing
