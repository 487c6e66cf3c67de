#include "crypto/base/envelope.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(Envelope, NotifyIsReadInAnyOrderAndWrittenInOne) {
  EXPECT_EQ(Notify::parse("delay,Failure")->text(), "FAILURE,DELAY");
  EXPECT_EQ(Notify::parse("NEVER"), (Notify{.never = true}));
  EXPECT_EQ(Notify().text(), "");
  EXPECT_FALSE(Notify().given());
  for (const char* bad : {"", "NEVER,DELAY", "DELAY,DELAY", "DELAY,", ",DELAY", "DELAY FAILURE",
                          "ALWAYS", "NEVER\r\n"})
    EXPECT_FALSE(Notify::parse(bad)) << bad;
}

// As it is stored and sealed: capitals alone, and nothing is not given.
TEST(Envelope, NotifyIsReadBackFromItsText) {
  EXPECT_EQ(Notify::from_text(""), Notify());
  EXPECT_EQ(Notify::from_text("DELAY,FAILURE"), (Notify{.failure = true, .delay = true}));
  for (const char* bad : {"failure", "Failure", "NEVER,DELAY", "FAILURE,", "FAILURE DELAY"})
    EXPECT_FALSE(Notify::from_text(bad)) << bad;
}

TEST(Envelope, EnvidIsXtextOfLimitedLength) {
  EXPECT_TRUE(is_envid("QQ314159+2B"));
  EXPECT_TRUE(is_envid(std::string(kMaxEnvidOctets, 'a')));
  EXPECT_FALSE(is_envid(std::string(kMaxEnvidOctets + 1, 'a')));
  for (const char* bad : {"", "a b", "a=b", "a+2b", "a+2", "a\n", "caf\xC3\xA9"})
    EXPECT_FALSE(is_envid(bad)) << bad;
}

TEST(Envelope, OrcptIsATypeAndXtextOrWhatItsTypeAllows) {
  for (const char* good : {"rfc822;bob@b.example", "x400;a+2Bb", "utf-8;j\\x{FC}rgen@b.example",
                           "UTF-8;j\xC3\xBCrgen@b.example"})
    EXPECT_TRUE(is_orcpt(good)) << good;
  for (const char* bad : {"", ";a", "rfc822;", "rfc822", "rfc 822;a", "rfc822;a b", "rfc822;a+zz",
                          "rfc822;j\xC3\xBCrgen@b.example", "utf-8;a b", "utf-8;a\x7f",
                          "utf-8;a\r\nCulvert-Recipient: <x@b.example>"})
    EXPECT_FALSE(is_orcpt(bad)) << bad;
  EXPECT_FALSE(is_orcpt("rfc822;" + std::string(kMaxOrcptOctets, 'a')));
}

}  // namespace
}  // namespace culvert
