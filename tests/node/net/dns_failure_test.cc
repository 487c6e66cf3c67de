#include "node/net/dns_failure.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

using Outcome = DnsAnswer::Outcome;

std::string text_of(const std::string& why_bogus) {
  const ValidationFailure failure = read_validation_failure(why_bogus);
  DnsAnswer answer;
  answer.outcome = failure.outcome;
  answer.zone = failure.zone;
  return dns_failure("host.corp.example", answer).text;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The sentences are those of libunbound 1.17.
TEST(ValidationFailure, NamesTheZoneAndWhatIsWrongWithIt) {
  struct Case {
    const char* why;
    Outcome outcome;
    const char* zone;
  };
  const Case cases[] = {
      {"validation failure <host.corp.example. A IN>: no DNSKEY rrset for trust anchor . while "
       "building chain of trust",
       Outcome::no_keys, "."},
      {"validation failure <host.corp.example. A IN>: no DNSKEY rrset from 127.0.0.1 for trust "
       "anchor . while building chain of trust",
       Outcome::no_keys, "."},
      {"validation failure <mx.corp.example. MX IN>: no NSEC3 closest encloser from 127.0.0.1 for "
       "DS corp.example. while building chain of trust",
       Outcome::bogus, "corp.example"},
      {"validation failure <deleg2.example. MX IN>: No DNSKEY record from 127.0.0.1 for key "
       "deleg2.example. while building chain of trust",
       Outcome::bogus, "deleg2.example"},
      {"validation failure <bogus.example. MX IN>: ECDSA signature verification failed from "
       "127.0.0.1",
       Outcome::bogus, ""},
      {"", Outcome::bogus, ""},
      {" while building chain of trust", Outcome::bogus, ""},
      {"validation failure <host.signed.example. MX IN>: key for validation signed.example. is "
       "marked as invalid because of a previous validation failure <host.signed.example. A IN>: no "
       "DNSKEY rrset for trust anchor signed.example. while building chain of trust",
       Outcome::no_keys, "signed.example"},
  };
  for (const Case& one : cases) {
    const ValidationFailure failure = read_validation_failure(one.why);
    EXPECT_EQ(failure.outcome, one.outcome) << one.why;
    EXPECT_EQ(failure.zone, one.zone) << one.why;
  }
}

TEST(DnsFailure, NamesTheZoneItsStateAndTheKeyToSet) {
  const std::string bogus = text_of("x for DS corp.example. while building chain of trust");
  EXPECT_TRUE(says(bogus, "bogus")) << bogus;
  EXPECT_TRUE(says(bogus, "the zone corp.example")) << bogus;
  EXPECT_TRUE(says(bogus, "insecure = [\"corp.example\"] in [dns]")) << bogus;
  const std::string itself = text_of("signature crypto failed");
  EXPECT_TRUE(says(itself, "insecure = [\"host.corp.example\"]")) << itself;
  const std::string root =
      text_of("no DNSKEY rrset for trust anchor . while building chain of trust");
  EXPECT_TRUE(says(root, "the root zone are unreachable")) << root;
  EXPECT_TRUE(says(root, "validate = \"no\"")) << root;
  EXPECT_FALSE(says(root, "insecure = [\".\"]")) << root;
}

TEST(DnsFailure, IsAlwaysTemporary) {
  for (const Outcome outcome : {Outcome::bogus, Outcome::no_keys, Outcome::failed}) {
    DnsAnswer answer;
    answer.outcome = outcome;
    EXPECT_EQ(dns_failure("b.example", answer).fault, Fault::temporary);
  }
}

}  // namespace
}  // namespace culvert::node
