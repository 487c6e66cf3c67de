// Pairing without a code: both sides compare the number that they have in common.
#include "peering/introduction.h"

#include <gtest/gtest.h>

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using store::PeerState;

class IntroductionTest : public testing::Test {
 protected:
  std::string introduce_b(const std::vector<std::string>& named) {
    Introduction how{store::PeerOrigin::domain, "https://gate.b.example:8443", {}};
    for (const std::string& text : named)
      how.named.push_back(domain(text));
    std::string code = "done";
    a_.write([&](store::WriteTransaction& txn) {
      const Status done = introduce(txn, *open_card(b_.card()), how, {a_.domains(), a_.now()});
      if (!done) code = done.error().code;
    });
    return code;
  }
  std::string confirm_b() {
    std::string code = "done";
    a_.write([&](store::WriteTransaction& txn) {
      const Status done = confirm_peer(txn, b_.fingerprint(), a_.now());
      if (!done) code = done.error().code;
    });
    return code;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example", "more.example"}};
};

TEST_F(IntroductionTest, BothNodesShowTheSameSixtyDigits) {
  const std::string number = common_number(a_.fingerprint(), b_.fingerprint());
  EXPECT_EQ(number, common_number(b_.fingerprint(), a_.fingerprint()));
  EXPECT_EQ(number.size(), 71U);
  EXPECT_TRUE(is_number(number, number));
  std::string other = number;
  other[0] = other[0] == '9' ? '8' : '9';
  EXPECT_FALSE(is_number(other, number));
  std::erase(other = number, ' ');
  EXPECT_TRUE(is_number(other, number));
  EXPECT_FALSE(is_number(number.substr(0, 65), number));
  EXPECT_FALSE(is_number("", number));
}

TEST_F(IntroductionTest, NothingCountsBeforeTheNumberWasCompared) {
  ASSERT_EQ(introduce_b({"b.example"}), "done");
  EXPECT_EQ(a_.peer(b_)->state, PeerState::unconfirmed);
  EXPECT_EQ(outbound_of(*a_.route("b.example", b_)), Outbound::as_if_no_peer);
  EXPECT_FALSE(a_.receive(b_.card()).ok());
  a_.advance(std::chrono::hours(1));
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_TRUE(routes_to_challenge(txn, a_.now()).empty());
    EXPECT_FALSE(find_trusted_peer(txn, b_.fingerprint()).ok());
  });
}

TEST_F(IntroductionTest, AConfirmedPeerIsProvedForTheNamedDomains) {
  ASSERT_EQ(introduce_b({"b.example"}), "done");
  EXPECT_EQ(confirm_b(), "done");
  EXPECT_EQ(confirm_b(), "not-unconfirmed");
  EXPECT_EQ(a_.peer(b_)->state, PeerState::paired);
  a_.advance(kFirstChallengeDelay);
  std::vector<std::string> due;
  a_.read([&](const store::ReadTransaction& txn) {
    for (const store::Route& route : routes_to_challenge(txn, a_.now()))
      due.push_back(route.domain.text());
  });
  EXPECT_EQ(due, std::vector<std::string>{"b.example"});
  EXPECT_EQ(introduce_b({"more.example"}), "paired-already");
}

TEST_F(IntroductionTest, RefusesADomainThatTheCardDoesNotList) {
  EXPECT_EQ(introduce_b({"bank.example"}), "not-its-domain");
  EXPECT_FALSE(a_.peer(b_));
}

TEST_F(IntroductionTest, TheLastIntroductionCounts) {
  ASSERT_EQ(introduce_b({"b.example"}), "done");
  ASSERT_EQ(introduce_b({"more.example"}), "done");
  EXPECT_EQ(confirm_b(), "done");
  EXPECT_FALSE(a_.route("b.example", b_)->named);
  EXPECT_TRUE(a_.route("more.example", b_)->named);
}

// The tombstone stays until people have compared the number again.
TEST_F(IntroductionTest, ARemovedIdentityComesBackByAConfirmation) {
  ASSERT_EQ(introduce_b({"b.example"}), "done");
  ASSERT_EQ(confirm_b(), "done");
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  a_.advance(std::chrono::hours(1));
  ASSERT_EQ(introduce_b({"b.example"}), "done");
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_TRUE(store::find_tombstone(txn, b_.fingerprint()));
  });
  EXPECT_EQ(confirm_b(), "done");
  a_.read([&](const store::ReadTransaction& txn) {
    EXPECT_FALSE(store::find_tombstone(txn, b_.fingerprint()));
    EXPECT_TRUE(find_trusted_peer(txn, b_.fingerprint()).ok());
  });
}

}  // namespace
}  // namespace culvert::peering
