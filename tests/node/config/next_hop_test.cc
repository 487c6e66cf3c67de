#include "node/config/next_hop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/base/bytes.h"
#include "node/config/unverified_hops.h"

namespace culvert::node {
namespace {

using testing::HasSubstr;
using Tls = NextHop::Tls;
using By = ServerProof::By;

// SHA-256 of nothing, in the three forms that programs print.
const std::string kHex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const std::string kColons =
    "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:"
    "55";
const std::string kBase64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const std::string kOther = "0000000000000000000000000000000000000000000000000000000000000001";

TEST(ParseNextHop, TakesBothSchemes) {
  EXPECT_EQ(parse_next_hop("smtp://mail.a.example:2525")->text(), "smtp://mail.a.example:2525");
  EXPECT_EQ(parse_next_hop("smtp://Mail.A.example")->text(), "smtp://mail.a.example:25");
  EXPECT_EQ(parse_next_hop("smtps://mail.a.example/")->text(), "smtps://mail.a.example:465");
  EXPECT_EQ(parse_next_hop("smtp://[::1]:25")->host, "::1");
  EXPECT_EQ(parse_next_hop("smtp://127.0.0.1:1025")->port, 1025);
  EXPECT_EQ(parse_next_hop("smtps://[2001:db8::1]/?verify=off")->text(),
            "smtps://[2001:db8::1]:465");
}

TEST(ParseNextHop, RefusesOtherUrls) {
  for (const char* url :
       {"", "mx", "mail.a.example", "http://mail.a.example", "smtp://", "smtp://mail.a.example:0",
        "smtp://u@mail.a.example", "smtp://a b", "smtp://mail.a.example:25/path", "smtp://::1",
        "smtp://[127.0.0.1]", "smtp://mail.a.example:", "smtp://mail.a.example:70000",
        "lmtp://mail.a.example", "smtps://?verify=off", "SMTPS://mail.a.example"}) {
    EXPECT_FALSE(parse_next_hop(url).ok()) << url;
  }
}

TEST(ParseNextHop, SaysThatItCannotLogInAndShowsNoPassword) {
  for (const char* url : {"smtp://ada:s3cret@mail.a.example:587",
                          "smtps://ada:s3cret@mail.a.example", "smtp://ada:s3cret@x@mail.a.example",
                          "smtp://s3cret@mail.a.example/", "smtp://ada:s3cret?x@mail.a.example",
                          "lmtp://ada:s3cret@mail.a.example", "ada:s3cret@mail.a.example"}) {
    const auto refused = parse_next_hop(url);
    ASSERT_FALSE(refused.ok()) << url;
    EXPECT_NE(refused.error().text.find("AUTH"), std::string::npos) << refused.error().text;
    EXPECT_NE(refused.error().text.find("mail.a.example"), std::string::npos);
    EXPECT_EQ(refused.error().text.find("s3cret"), std::string::npos) << refused.error().text;
  }
}

// What a URL asks of the server, and when TLS begins.
struct Asked {
  std::string url;
  Tls tls;
  By proof;
  std::size_t pins = 0;
};

TEST(UnverifiedHop, IsOnlyWhatTheUrlSaysInWords) {
  for (const Asked& asked : std::initializer_list<Asked>{
           {"smtps://m.example", Tls::from_start, By::authorities},
           {"smtps://m.example:4650/", Tls::from_start, By::authorities},
           {"smtps://m.example?verify=off", Tls::from_start, By::nothing},
           {"smtps://m.example?pin=sha256:" + kHex, Tls::from_start, By::pins, 1},
           {"smtps://m.example/?pin=sha256:" + kColons, Tls::from_start, By::pins, 1},
           {"smtps://192.0.2.1?pin=sha256:" + kBase64 + "&pin=sha256:" + kOther, Tls::from_start,
            By::pins, 2},
           {"smtp://m.example", Tls::when_offered, By::nothing},
           {"smtp://m.example:587?tls=verify", Tls::demanded, By::authorities},
           {"smtp://[2001:db8::1]?pin=sha256:" + kHex, Tls::demanded, By::pins, 1}}) {
    const auto hop = parse_next_hop(asked.url);
    ASSERT_TRUE(hop.ok()) << asked.url << ": " << hop.error().text;
    EXPECT_EQ(hop->tls, asked.tls) << asked.url;
    EXPECT_EQ(hop->proof.by, asked.proof) << asked.url;
    EXPECT_EQ(hop->proof.pins.size(), asked.pins) << asked.url;
  }
}

TEST(UnverifiedHop, AllFormsOfAPinAreTheSameDigest) {
  const auto pin = [](const std::string& digest) {
    return parse_next_hop("smtps://m.example?pin=sha256:" + digest)->proof.pins.at(0);
  };
  EXPECT_EQ(to_hex(pin(kHex)), kHex);
  EXPECT_EQ(pin(kColons), pin(kHex));
  EXPECT_EQ(pin(kBase64), pin(kHex));
}

// What looks like a demand and would not be one, or says two things, is refused with the cause.
TEST(UnverifiedHop, IsNeverTheResultOfAMistakeInTheUrl) {
  const std::string pin = "pin=sha256:" + kHex;
  struct Mistake {
    std::string url;
    const char* cause;
  };
  for (const Mistake& mistake : std::initializer_list<Mistake>{
           {"smtps://m.example?verify=off&" + pin, "contradict"},
           {"smtps://m.example?" + pin + "&verify=off", "contradict"},
           {"smtps://m.example?tls=verify", "always verified"},
           {"smtp://m.example?verify=off", "verifies nobody"},
           {"smtp://m.example?tls=verify&" + pin, "a pin alone decides"},
           {"smtp://m.example?tls=verify&tls=verify", "twice"},
           {"smtps://m.example?verify=off&verify=off", "twice"},
           {"smtps://m.example?" + pin + "&" + pin, "twice"},
           {"smtps://m.example?" + pin + "&pin=sha256:" + kBase64, "twice"},
           {"smtps://m.example?", "''"},
           {"smtps://m.example?verify=off&", "''"},
           {"smtps://m.example?Verify=off", "'Verify=off'"},
           {"smtps://m.example?verify=no", "'verify=no'"},
           {"smtp://m.example?tls=required", "'tls=required'"},
           {"smtp://m.example?tls=verify#x", "'tls=verify#x'"},
           {"smtp://m.example?tls=verify?", "'tls=verify?'"},
           {"smtp://m.example? tls=verify", "' tls=verify'"},
           {"smtp://m.example?tls=verify;" + pin, "tls=verify;"},
           {"smtps://m.example?pin=", "pin=sha256:"},
           {"smtps://m.example?pin=" + kHex, "pin=sha256:"},
           {"smtps://m.example?pin=sha1:" + kHex.substr(0, 40), "pin=sha256:"},
           {"smtps://m.example?pin=sha256:", "0 characters"},
           {"smtps://m.example?pin=sha256:" + kHex.substr(1), "63 characters"},
           {"smtps://m.example?pin=sha256:" + kHex + "0", "65 characters"},
           {"smtps://m.example?pin=sha256:" + kHex.substr(1) + "g", "64 characters"},
           {"smtps://m.example?pin=sha256:" + kBase64.substr(0, 43), "43 characters"},
           {"smtps://m.example?pin=sha256:" + kBase64.substr(0, 42) + "V=", "44 characters"},
           {"smtps://m.example?pin=sha256:" + kColons.substr(0, 94) + ":", "no SHA-256"}}) {
    const auto hop = parse_next_hop(mistake.url);
    ASSERT_FALSE(hop.ok()) << mistake.url;
    EXPECT_THAT(hop.error().text, HasSubstr(mistake.cause)) << mistake.url;
  }
}

TEST(UnverifiedHop, HasALimitOfPins) {
  std::string url = "smtps://m.example?pin=sha256:" + kHex;
  for (std::size_t i = 1; i < kMaxPins; ++i) {
    std::string digits = std::to_string(100 + i);
    url += "&pin=sha256:" + kOther.substr(digits.size()) + digits;
  }
  ASSERT_TRUE(parse_next_hop(url).ok()) << parse_next_hop(url).error().text;
  EXPECT_THAT(parse_next_hop(url + "&pin=sha256:" + kOther).error().text, HasSubstr("16 pins"));
}

// What `check` and `status` warn of.
std::vector<std::string> warned(const std::string& delivery) {
  const auto reading = parse_config(
      "[node]\nname = 'gate.a.example'\ndomains = ['a.example']\n[delivery]\n" + delivery, "/c");
  for (const Finding& finding : reading.findings)
    ADD_FAILURE() << finding.message();
  std::vector<std::string> keys;
  for (const UnverifiedHop& hop : unverified_hops(reading.config.value()))
    keys.push_back(hop.key + ":" + std::to_string(hop.line));
  return keys;
}

TEST(UnverifiedHop, IsToldOfUnlessItIsThisMachine) {
  using testing::ElementsAre;
  EXPECT_THAT(warned(""), ElementsAre());
  EXPECT_THAT(warned("outside = 'mx'"), ElementsAre());
  for (const char* here : {"smtp://127.0.0.1:26", "smtp://127.9.9.9:26", "smtp://[::1]:2525",
                           "smtp://localhost:26", "smtps://127.0.0.1?verify=off"}) {
    EXPECT_THAT(warned("inside = '" + std::string(here) + "'"), ElementsAre()) << here;
  }
  for (const char* verified : {"smtps://m.example", "smtp://m.example?tls=verify"}) {
    EXPECT_THAT(warned("outside = '" + std::string(verified) + "'"), ElementsAre()) << verified;
  }
  EXPECT_THAT(warned("outside = 'smtps://m.example?pin=sha256:" + kHex + "'"), ElementsAre());
  EXPECT_THAT(warned("inside = 'smtp://10.0.0.1'\noutside = 'smtps://m.example?verify=off'\n"
                     "[delivery.hosts]\n'b.example' = 'smtp://gate.b.example'\n"
                     "'c.example' = { url = 'smtp://localhost.evil.example' }"),
              ElementsAre("delivery.inside:5", "delivery.outside:6", "delivery.hosts.b.example:8",
                          "delivery.hosts.c.example:9"));
}

TEST(UnverifiedHop, MistakesAreToldWithFileAndLine) {
  const auto reading = parse_config(
      "[node]\nname = 'gate.a.example'\ndomains = ['a.example']\n[delivery]\n"
      "inside = 'smtp://m.example?verify=off'\n[delivery.hosts]\n"
      "'b.example' = { url = 'smtps://m.example?tls=verify' }",
      "/etc/c.toml");
  ASSERT_EQ(reading.findings.size(), 2U);
  EXPECT_THAT(reading.findings[0].message(),
              HasSubstr("/etc/c.toml:5: delivery.inside: has verify"));
  EXPECT_THAT(reading.findings[1].message(), HasSubstr("/etc/c.toml:7: "));
}

}  // namespace
}  // namespace culvert::node
