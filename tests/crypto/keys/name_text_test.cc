// Names as people see them, against RFC 4514. What openssl says of the same names is compared in
// tests/tools/cli/smime_reasons_test.py.
#include <gtest/gtest.h>

#include "crypto/keys/certificate.h"

namespace culvert::crypto {
namespace {

Bytes element(std::uint8_t tag, ByteView content) {
  Bytes out{tag};
  if (content.size() < 128) {
    out.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    out.insert(out.end(), {0x82, static_cast<std::uint8_t>(content.size() >> 8),
                           static_cast<std::uint8_t>(content.size())});
  }
  append(out, content);
  return out;
}

Bytes attribute(std::string_view oid_hex, std::uint8_t tag, std::string_view value) {
  Bytes pair = element(0x06, *from_hex(oid_hex));
  append(pair, ByteView(element(tag, as_bytes(value))));
  return element(0x30, pair);
}

Bytes name(const std::vector<std::vector<Bytes>>& rdns) {
  Bytes all;
  for (const auto& rdn : rdns) {
    Bytes set;
    for (const Bytes& one : rdn)
      append(set, ByteView(one));
    append(all, ByteView(element(0x31, set)));
  }
  return element(0x30, all);
}

Bytes common_name(std::string_view value) { return name({{attribute("550403", 0x0c, value)}}); }

// Section 4, and the forms beside it.
TEST(NameText, FollowsTheExamplesOfTheStandard) {
  const Bytes uid = attribute("0992268993f22c640101", 0x0c, "jsmith");
  const Bytes example = attribute("0992268993f22c640119", 0x16, "example");
  const Bytes net = attribute("0992268993f22c640119", 0x16, "net");
  EXPECT_EQ(name_text(name({{net}, {example}, {uid}})), "UID=jsmith,DC=example,DC=net");
  const Bytes unit = attribute("55040b", 0x0c, "Sales");
  const Bytes person = attribute("550403", 0x0c, "J.  Smith");
  EXPECT_EQ(name_text(name({{net}, {example}, {unit, person}})),
            "OU=Sales+CN=J.  Smith,DC=example,DC=net");
  EXPECT_EQ(name_text(common_name("James \"Jim\" Smith, III")),
            "CN=James \\\"Jim\\\" Smith\\, III");
  EXPECT_EQ(name_text(common_name("Before\rAfter")), "CN=Before\\0DAfter");
  EXPECT_EQ(name_text(common_name("Lu\xc4\x8di\xc4\x87")), "CN=Lu\xc4\x8di\xc4\x87");
  EXPECT_EQ(name_text(name({{attribute("2b060104018b3a00", 0x04, "Hi")}})),
            "1.3.6.1.4.1.1466.0=#04024869");
  EXPECT_EQ(name_text(name({})), "");
}

TEST(NameText, CallsStatesAndAddressesAsEverybodyDoes) {
  const Bytes state = attribute("550408", 0x13, "Bern");
  const Bytes address = attribute("2a864886f70d010901", 0x16, "jane@a.example");
  EXPECT_EQ(name_text(name({{state}, {address}})), "emailAddress=jane@a.example,ST=Bern");
}

TEST(NameText, EscapesWhatWouldEndAValueOrIsNotShown) {
  EXPECT_EQ(name_text(common_name(" a ")), "CN=\\ a\\ ");
  EXPECT_EQ(name_text(common_name("#a;<b>+c\\")), "CN=\\#a\\;\\<b\\>\\+c\\\\");
  EXPECT_EQ(name_text(common_name(std::string_view("a\0b", 3))), "CN=a\\00b");
  EXPECT_EQ(name_text(common_name("a\xe2\x80\xae"
                                  "b\x1b[2J")),
            "CN=a\\E2\\80\\AEb\\1B[2J");
}

TEST(NameText, IsBounded) {
  const std::string long_text(10'000, 'x');
  EXPECT_LE(name_text(common_name(long_text)).size(), 203u);
  EXPECT_LE(name_text(name({{attribute("2b06", 0x04, long_text)}})).size(), 203u);
  const Bytes part = attribute("550403", 0x0c, "abc");
  EXPECT_LE(name_text(name(std::vector<std::vector<Bytes>>(2'000, {part}))).size(), 203u);
}

TEST(NameText, OfWhatIsNoNameIsAQuestionMark) {
  for (const std::string_view hex : {"", "0500", "300231", "3002310030", "30043102300000"})
    EXPECT_EQ(name_text(*from_hex(hex)), "?") << hex;
  EXPECT_EQ(name_text(name({{*from_hex("3000")}})), "?");
}

}  // namespace
}  // namespace culvert::crypto
