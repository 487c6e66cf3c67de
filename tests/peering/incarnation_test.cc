// A store that is put back from a copy, and a thief who has one.
#include <gtest/gtest.h>

#include "peering/decisions.h"
#include "peering/own_card.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

using store::RouteState;

constexpr std::chrono::hours kDay{24};

// A and B are paired and proved; B's cards are written by hand.
class IncarnationTest : public testing::Test {
 protected:
  void SetUp() override {
    connect(a_, b_, wire_);
    first_ = b_.card_values().incarnation;
  }

  Card card(const Incarnation& incarnation) {
    a_.advance(std::chrono::seconds(1));
    Card card = b_.card_values();
    card.incarnation = incarnation;
    card.serial = ++serial_;
    card.issued = a_.now();
    card.expires = card.issued + kCardLifetime;
    return card;
  }
  bool give(const Card& card) { return a_.receive(sign_card(card, b_.signer()).value()).ok(); }
  bool give(const Incarnation& incarnation) { return give(card(incarnation)); }
  RouteState route() { return a_.route_state("b.example", b_); }
  Outbound outbound() { return outbound_of(*a_.route("b.example", b_)); }
  bool is_held() { return !a_.peer(b_)->outbound_held.empty(); }
  std::string resume(const Incarnation& chosen) { return resume(ByteView(chosen)); }
  std::string resume(ByteView chosen) {
    std::string code = "resumed";
    a_.write([&](store::WriteTransaction& txn) {
      const Status done = resume_peer(txn, b_.fingerprint(), chosen, a_.now());
      if (!done) code = done.error().code;
    });
    return code;
  }
  bool is_present(const Incarnation& incarnation) {
    return std::ranges::equal(a_.peer(b_)->incarnation, incarnation);
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  Wire wire_;
  Incarnation first_{};
  std::uint64_t serial_ = 10;
};

TEST_F(IncarnationTest, MailWaitsUntilTheDomainsAreProvedAnew) {
  ASSERT_TRUE(give(new_incarnation()));
  EXPECT_FALSE(is_held());
  EXPECT_EQ(route(), RouteState::degraded);
  EXPECT_EQ(outbound(), Outbound::waits);
  EXPECT_TRUE(takes_mail(route(), a_.now(), a_.now()));
  EXPECT_EQ(next_challenge(*a_.route("b.example", b_), a_.now()), a_.now());
  ASSERT_TRUE(run_proof(a_, b_, "b.example", b_).has_value());
  EXPECT_EQ(outbound(), Outbound::sealed);
}

// Whoever began a proof with the former incarnation could answer it with a copy of the key.
TEST_F(IncarnationTest, AProofThatWasUnderWayCountsNoMore) {
  a_.write([&](store::WriteTransaction& txn) {
    auto route = *store::find_route(txn, domain("b.example"), b_.fingerprint());
    route.prove_requested = a_.now();
    store::put_route(txn, route);
  });
  std::optional<StartedProof> started;
  a_.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, {domain("b.example"), b_.fingerprint()}, a_.now());
  });
  ASSERT_TRUE(started);
  ASSERT_TRUE(give(new_incarnation()));
  const ProofAnswer answer{started->by_mail.proof, domain("b.example"), started->by_mail.token, {}};
  const DocumentHead head{b_.fingerprint(), a_.fingerprint(), random_document_id(), a_.now()};
  EXPECT_FALSE(a_.receive(sign_answer(head, answer, b_.signer()).value()).ok());
  EXPECT_EQ(route(), RouteState::degraded);
}

TEST_F(IncarnationTest, APausedRouteIsProvedWhenThePauseEnds) {
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(pause_peer(txn, b_.fingerprint(), a_.now()).ok());
  });
  ASSERT_TRUE(give(new_incarnation()));
  EXPECT_EQ(route(), RouteState::paused);
  EXPECT_EQ(resume(ByteView()), "resumed");
  EXPECT_EQ(route(), RouteState::degraded);
  EXPECT_EQ(outbound(), Outbound::waits);
}

// A thief of the copy must not clear the alarm.
TEST_F(IncarnationTest, ANewIncarnationDoesNotEndAHold) {
  Card twin = card(first_);
  ASSERT_TRUE(give(twin));
  twin.node = "thief.example";
  EXPECT_FALSE(give(twin));
  ASSERT_TRUE(is_held());
  const Incarnation second = new_incarnation();
  ASSERT_TRUE(give(second));
  EXPECT_TRUE(is_held());
  EXPECT_EQ(resume(ByteView()), "which");
  EXPECT_EQ(resume(to_bytes("short")), "which");
  EXPECT_EQ(resume(second), "resumed");
  EXPECT_FALSE(is_held());
  EXPECT_TRUE(is_present(second));
  EXPECT_EQ(outbound(), Outbound::waits) << "until it is proved";
}

TEST_F(IncarnationTest, ASecondNewOneWithin30DaysIsAlwaysHeld) {
  const Incarnation second = new_incarnation();
  ASSERT_TRUE(give(second));
  a_.advance(29 * kDay);
  const Incarnation third = new_incarnation();
  EXPECT_FALSE(give(third));
  EXPECT_TRUE(is_held());
  EXPECT_TRUE(is_present(second));
  EXPECT_EQ(resume(third), "resumed");
  EXPECT_TRUE(is_present(second)) << "its next card has not come yet";
  EXPECT_TRUE(is_held()) << "nothing may be sealed for the one that was rejected";
  ASSERT_TRUE(give(third));
  EXPECT_TRUE(is_present(third));
  EXPECT_FALSE(is_held());
  EXPECT_EQ(route(), RouteState::degraded);
  a_.advance(31 * kDay);
  EXPECT_TRUE(give(new_incarnation()));
  EXPECT_FALSE(is_held());
}

// The thief was first with a new incarnation, and the owner goes on as before.
TEST_F(IncarnationTest, TheOwnersFormerIncarnationReturnsByChoiceOnly) {
  const Incarnation thiefs = new_incarnation();
  const Card before = card(first_);
  ASSERT_TRUE(give(thiefs));
  EXPECT_FALSE(give(first_));
  ASSERT_TRUE(is_held());
  EXPECT_EQ(resume(first_), "resumed");
  EXPECT_FALSE(give(before)) << "older than what the administrator saw";
  ASSERT_TRUE(give(first_));
  EXPECT_TRUE(is_present(first_));
  EXPECT_FALSE(is_held());
  EXPECT_EQ(outbound(), Outbound::waits);
  EXPECT_FALSE(give(thiefs));
  EXPECT_TRUE(is_held()) << "the copy is still in use";
  EXPECT_TRUE(is_present(first_));
}

TEST_F(IncarnationTest, ANewHoldEndsAChoice) {
  const Incarnation second = new_incarnation();
  ASSERT_TRUE(give(second));
  const Incarnation third = new_incarnation();
  EXPECT_FALSE(give(third));
  EXPECT_EQ(resume(third), "resumed");
  EXPECT_FALSE(give(new_incarnation()));
  EXPECT_TRUE(is_held());
  EXPECT_FALSE(give(third)) << "the administrator decides again";
}

// Named attack: Old alarm. The card that proved the copy is public, and anybody may bring it again.
TEST_F(IncarnationTest, ACardFromBeforeTheDecisionRaisesNoNewAlarm) {
  const Incarnation second = new_incarnation();
  ASSERT_TRUE(give(second));
  const Card contested = card(first_);
  EXPECT_FALSE(give(contested));
  ASSERT_TRUE(is_held());
  ASSERT_EQ(resume(second), "resumed");
  EXPECT_FALSE(give(contested));
  EXPECT_FALSE(is_held());
  EXPECT_FALSE(give(first_));
  EXPECT_TRUE(is_held()) << "a new one does";
}

// The thief's cards have higher numbers.
TEST_F(IncarnationTest, AnIdentityRevokesItselfWhateverTheNumber) {
  Card thiefs = card(first_);
  thiefs.serial += 1'000;
  ASSERT_TRUE(give(thiefs));
  Card last = card(first_);
  last.revoked = {b_.fingerprint()};
  ASSERT_TRUE(give(last));
  EXPECT_EQ(a_.peer(b_)->state, store::PeerState::removed);
}

TEST_F(IncarnationTest, ARemovedPeerOfDisputedIncarnationsIsPairedByANewCode) {
  ASSERT_TRUE(give(new_incarnation()));
  EXPECT_FALSE(give(first_));
  ASSERT_TRUE(is_held());
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  a_.advance(std::chrono::hours(25));
  b_.set_now(a_.now());
  b_.renew_card();
  wire_.add(a_);
  ASSERT_TRUE(accept(b_, a_.invite({"b.example"}), wire_).ok());
  EXPECT_TRUE(is_present(first_));
  EXPECT_FALSE(is_held());
}

TEST_F(IncarnationTest, ANodeBeginsOneByCommand) {
  const Card before = b_.card_values();
  b_.write([](store::WriteTransaction& txn) { ASSERT_TRUE(begin_incarnation(txn).ok()); });
  b_.advance(std::chrono::seconds(5));
  a_.set_now(b_.now());
  b_.renew_card();
  const Card after = b_.card_values();
  EXPECT_NE(after.incarnation, before.incarnation);
  EXPECT_GT(after.serial, before.serial);
  ASSERT_TRUE(a_.receive(b_.card()).ok());
  EXPECT_TRUE(is_present(after.incarnation));
}

}  // namespace
}  // namespace culvert::peering
