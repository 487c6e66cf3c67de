#include "tools/cli/demo/checks.h"

#include <gtest/gtest.h>

#include "crypto/mime/base64.h"
#include "tools/cli/demo/search.h"

namespace culvert::cli {
namespace {

const std::string kMail = "From: a\r\nSubject: b\r\n\r\ntext\r\n";
const std::string kAdded =
    "Culvert-Result: tunnel; peer=a.example\r\nReceived: from x\r\n\tby y\r\n";

TEST(CompareArrival, AcceptsTheMailUnderTraceFields) {
  const Arrival arrival = compare_arrival(kMail, kAdded + kMail);
  EXPECT_TRUE(arrival.whole) << arrival.why;
  EXPECT_EQ(arrival.added_fields, 2U);
  EXPECT_EQ(arrival.culvert_result, "tunnel; peer=a.example");
}

TEST(CompareArrival, NoticesOneChangedMissingOrAddedOctetAnywhere) {
  for (std::size_t at = 0; at < kMail.size(); ++at) {
    std::string changed = kMail;
    changed[at] ^= 1;
    EXPECT_FALSE(compare_arrival(kMail, kAdded + changed).whole) << at;
    std::string shorter = kMail;
    shorter.erase(at, 1);
    EXPECT_FALSE(compare_arrival(kMail, kAdded + shorter).whole) << at;
  }
  EXPECT_FALSE(compare_arrival(kMail, kAdded + kMail + "x").whole);
}

TEST(CompareArrival, NoticesAStrangeLineAbove) {
  EXPECT_FALSE(compare_arrival(kMail, "X-Strange: 1\r\n" + kMail).whole);
  EXPECT_FALSE(compare_arrival(kMail, kAdded + "\r\n" + kMail).whole);
}

TEST(CompareArrival, TrustsNoResultThatStandsTwice) {
  EXPECT_EQ(compare_arrival(kMail, kAdded + kAdded + kMail).culvert_result, "");
}

TEST(FindClear, FindsTextAsItIs) {
  EXPECT_TRUE(find_clear("octets with the secret word", {"other", "secret word"}));
  EXPECT_FALSE(find_clear("octets with the secret", {"secret word"}));
  EXPECT_FALSE(find_clear("", {"secret word"}));
}

// The alignment of a text in base64 depends on what stands before it; lines are 76 columns.
TEST(FindClear, FindsTextBehindBase64AtEveryAlignment) {
  const std::string secret = "the board has agreed to the price of the bridge";
  for (std::size_t before = 0; before < 200; ++before) {
    const std::string text = std::string(before, 'x') + secret + "yy";
    std::string encoded = crypto::to_base64(as_bytes(text));
    for (std::size_t at = 76; at < encoded.size(); at += 78)
      encoded.insert(at, "\r\n");
    EXPECT_TRUE(find_clear(encoded, {secret})) << before;
    EXPECT_FALSE(find_clear(encoded, {"another secret altogether"})) << before;
  }
}

TEST(LastSealed, CutsTheMessageOutOfTheDialogue) {
  const std::string mail =
      "MAIL FROM:<a>\r\nDATA\r\nContent-Type: x; smime-type=authEnveloped-data\r\n\r\nAAAA\r\n";
  EXPECT_EQ(last_sealed("EHLO\r\nMAIL FROM:<old>\r\n" + mail + ".\r\n250 ok\r\n"), mail);
  EXPECT_EQ(last_sealed("MAIL FROM:<a>\r\nDATA\r\nclear\r\n.\r\n"), "");
}

}  // namespace
}  // namespace culvert::cli
