// Another node of the same organisation takes the place of the one that had its domain: its disk
// was lost, say (`--replace`).
#include <gtest/gtest.h>

#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using store::RouteState;

// A has b.example of B in use, and pairs with C, which serves it, too.
class ReplacementTest : public testing::Test {
 protected:
  void SetUp() override {
    connect(a_, b_, wire_);
    wire_.add(c_);
  }
  void pair_with_c(bool replaces) {
    ASSERT_TRUE(accept(c_, a_.invite({"b.example"}, replaces), wire_).ok());
    a_.advance(kFirstChallengeDelay);
  }
  bool prove_c() { return run_proof(a_, c_, "b.example", c_).has_value(); }
  bool is_pending() { return a_.route("b.example", c_)->replaces.has_value(); }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example", "other.example"}};
  TestNode c_{"new.b.example", {"b.example", "other.example"}};
  Wire wire_;
};

TEST_F(ReplacementTest, TakesThePlaceInTheCommitThatProvesIt) {
  pair_with_c(true);
  EXPECT_TRUE(is_pending());
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);
  ASSERT_TRUE(prove_c());
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::active);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
  EXPECT_FALSE(is_pending());
  EXPECT_EQ(a_.route_state("other.example", b_), RouteState::active) << "for named domains only";
  EXPECT_EQ(a_.peer(b_)->state, store::PeerState::paired) << "no tombstone";
}

TEST_F(ReplacementTest, WithoutTheWishTheIncumbentStays) {
  pair_with_c(false);
  EXPECT_FALSE(is_pending());
  ASSERT_TRUE(prove_c());
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::conflict);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);
}

// A thief of the code, who does not get the domain's mail, changes nothing for good.
TEST_F(ReplacementTest, TheOldOneGoesOnIfTheNewOneIsNotProvedInTime) {
  pair_with_c(true);
  const auto end_old = [&] {
    bool ended = false;
    a_.write([&](store::WriteTransaction& txn) { ended = end_old_replacements(txn, a_.now()); });
    return ended;
  };
  EXPECT_FALSE(end_old());
  a_.advance(kReplacementTime);
  c_.set_now(a_.now());
  EXPECT_TRUE(end_old());
  EXPECT_FALSE(is_pending());
  a_.write([&](store::WriteTransaction& txn) {
    auto route = *store::find_route(txn, domain("b.example"), c_.fingerprint());
    route.prove_requested = a_.now();
    store::put_route(txn, route);
  });
  ASSERT_TRUE(prove_c());
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::conflict);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::active);
}

TEST_F(ReplacementTest, AConflictOfBeforeIsProvedAnew) {
  pair_with_c(false);
  ASSERT_TRUE(prove_c());
  ASSERT_EQ(a_.route_state("b.example", c_), RouteState::conflict);
  a_.advance(std::chrono::seconds(1));
  pair_with_c(true);
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::claimed);
  ASSERT_TRUE(prove_c());
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::active);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
}

// A newcomer that goes leaves nothing behind that holds mail for the incumbent.
TEST_F(ReplacementTest, EndsWithTheNewcomer) {
  pair_with_c(true);
  ASSERT_TRUE(prove_c());
  ASSERT_TRUE(accept(b_, a_.invite({"b.example"}, true), wire_).ok());
  a_.advance(kFirstChallengeDelay);
  b_.set_now(a_.now());
  ASSERT_TRUE(a_.route("b.example", b_)->replaces);
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
  EXPECT_FALSE(a_.route("b.example", b_)->replaces);
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::active);
}

TEST_F(ReplacementTest, TheAccepterReplacesTheInviterOfBefore) {
  ASSERT_TRUE(accept(a_, c_.invite({"a.example"}), wire_, true).ok());
  a_.advance(kFirstChallengeDelay);
  EXPECT_TRUE(is_pending());
  ASSERT_TRUE(prove_c());
  EXPECT_EQ(a_.route_state("b.example", c_), RouteState::active);
  EXPECT_EQ(a_.route_state("b.example", b_), RouteState::withdrawn);
}

}  // namespace
}  // namespace culvert::peering
