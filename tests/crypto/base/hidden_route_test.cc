#include "crypto/base/hidden_route.h"

#include <gtest/gtest.h>

#include "tests/support/route_spellings.h"

namespace culvert {
namespace {

// Named attack: Relay.
TEST(HiddenRoute, RelayIsSeenInEverySpelling) {
  for (const std::string& local : tests::kRelayLocalParts) {
    const auto mailbox = Mailbox::parse(local + "@b.example");
    ASSERT_TRUE(mailbox.ok()) << local;
    EXPECT_TRUE(hidden_route(*mailbox)) << local;
  }
}

TEST(HiddenRoute, HonestLocalPartsPass) {
  for (const std::string& local : tests::kHonestLocalParts) {
    const auto mailbox = Mailbox::parse(local + "@b.example");
    ASSERT_TRUE(mailbox.ok()) << local;
    EXPECT_EQ(hidden_route(*mailbox), std::nullopt) << local;
  }
}

TEST(HiddenRoute, KnowsWhichDomainsTheServerBehindMayTakeForItsOwn) {
  const std::vector<Domain> own = {*Domain::parse("b.example"), *Domain::parse("b2.example")};
  for (const char* local : {"b.example", "B2.Example.", "mail.b.example", "localhost", "mailhost",
                            "localhost.localdomain", "x.localhost"}) {
    EXPECT_TRUE(may_be_local(*Domain::parse(local), own)) << local;
  }
  for (const char* foreign : {"c.example", "ab.example", "example.com", "localhost.example"})
    EXPECT_FALSE(may_be_local(*Domain::parse(foreign), own)) << foreign;
}

TEST(HiddenRoute, SaysWhatItFound) {
  EXPECT_EQ(hidden_route(*Mailbox::parse("victim%world.example@b.example")), "\"%\"");
  EXPECT_EQ(hidden_route(*Mailbox::parse("-oQ@b.example")), "\"-\" at the front");
  EXPECT_EQ(hidden_route(*Mailbox::parse("\"a/../b\"@b.example")), "\"../\"");
  EXPECT_EQ(hidden_route(*Mailbox::parse("a\u0085b@b.example")), "a control character");
  EXPECT_EQ(hidden_route(*Mailbox::parse("victim\uff05world@b.example")), "\"%\"");
  EXPECT_EQ(hidden_route(*Mailbox::parse("\uff04\uff5brun}@b.example")), "\"${\"");
  EXPECT_EQ(hidden_route(*Mailbox::parse("\u2025/x@b.example")), "\"../\"");
}

}  // namespace
}  // namespace culvert
