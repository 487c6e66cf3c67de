// What is held ends: a peer's mail after 30 days, any other after 14, by the time that really
// passed.
#include <gtest/gtest.h>

#include "store/trace.h"
#include "tests/node/flow/quarantine_fixture.h"

namespace culvert::node {
namespace {

using std::chrono::hours;

class QuarantineExpiry : public QuarantineFlowTest {
 protected:
  void SetUp() override {
    QuarantineFlowTest::SetUp();
    limits = quarantine_limits(1'000'000);
    ASSERT_EQ(deliver(misdirected_mail(), kPeersHost), 250);
    ASSERT_EQ(deliver(junk(), kStrangersHost), 250);
    ASSERT_EQ(quarantine().size(), 2U);
  }
  void pass(hours time) {
    clock.advance(time);
    watch.look();
    expire_quarantine(context);
  }
};

TEST_F(QuarantineExpiry, AStrangersMailEndsAfterFourteenDaysAPeersAfterThirty) {
  pass(hours(14 * 24 - 1));
  EXPECT_EQ(quarantine().size(), 2U) << "nothing goes before its time";
  pass(hours(2));
  ASSERT_EQ(quarantine().size(), 1U);
  EXPECT_EQ(quarantine()[0].peer, peer.fingerprint());
  EXPECT_EQ(stored(store::ShareKind::stranger), 0U) << "its room is free again";
  const store::MessageId last = quarantine()[0].message.id;
  pass(hours(16 * 24 - 2));
  EXPECT_EQ(quarantine().size(), 1U);
  pass(hours(2));
  EXPECT_TRUE(quarantine().empty());
  EXPECT_EQ(stored(store::ShareKind::peer), 0U);
  own.read([&](const store::ReadTransaction& txn) {
    EXPECT_EQ(store::find_trace(txn, last).back().event, "expired");
  });
  // Also if the rest of the trace was forgotten meanwhile, and then that is found and forgotten.
  own.write([&](store::WriteTransaction& txn) {
    while (store::purge_trace(txn, clock.now() + hours(1), 100) > 0) {
    }
    EXPECT_EQ(txn.count(store::Table::trace), 0U);
    store::QuarantineItem item;
    item.message.id = last;
    store::trace_end_of_item(txn, item, {clock.now(), "expired", {}}, store::TroubleState::expired);
    EXPECT_EQ(store::purge_trace(txn, clock.now() + hours(1), 100), 1U);
    EXPECT_EQ(txn.count(store::Table::trace), 0U);
  });
}

TEST_F(QuarantineExpiry, TheConfigurationSaysHowLong) {
  config.limits.held_peer = hours(5);
  config.limits.held_stranger = hours(9);
  live_config.set(std::make_shared<Config>(config));
  pass(hours(6));
  ASSERT_EQ(quarantine().size(), 1U);
  EXPECT_FALSE(quarantine()[0].peer);
  pass(hours(4));
  EXPECT_TRUE(quarantine().empty());
}

TEST_F(QuarantineExpiry, AClockThatJumpsEndsNothing) {
  for (const int days : {40, 3650, -3650}) {
    clock.set_wall(clock.now() + hours(24 * days));
    watch.look();
    expire_quarantine(context);
    EXPECT_EQ(quarantine().size(), 2U) << days;
  }
}

TEST_F(QuarantineExpiry, MailThatWaitsForItsRouteIsThePeers) {
  peer.set_domains({peering::domain("a2.example")});
  take_card_of_peer();
  clock.advance(hours(8 * 24));
  ASSERT_EQ(deliver(good_mail(), kPeersHost), 250);
  ASSERT_EQ(quarantine().back().reason_code, "no-route");
  pass(hours(29 * 24));
  ASSERT_EQ(quarantine().size(), 1U);
  pass(hours(2 * 24));
  EXPECT_TRUE(quarantine().empty());
}

TEST_F(QuarantineExpiry, WhatIsRememberedIsForgottenOnceItWouldBeTooOld) {
  pass(hours(31 * 24));
  const auto copies = [this] {
    std::uint64_t count = 0;
    own.read([&](const store::ReadTransaction& txn) {
      count = txn.count(store::Table::quarantine_copies);
    });
    return count;
  };
  EXPECT_EQ(copies(), 1U) << "a replay within its time is known";
  pass(hours(15 * 24));
  EXPECT_EQ(copies(), 0U);
}

TEST_F(QuarantineExpiry, TheAdministratorIsToldAtMostHourly) {
  QuarantineNews news;
  const SteadyTime start = clock.steady();
  for (int i = 0; i < 1000; ++i) {
    news.held("reason-" + std::to_string(i % 20));
    news.refused("10.0." + std::to_string(i) + ".0/24");
  }
  const auto first = news.take(start);
  ASSERT_TRUE(first);
  EXPECT_NE(first->find("1000 new"), std::string::npos) << *first;
  EXPECT_LT(first->size(), 1000U) << "strangers decide how much comes, not how much is logged";
  news.held("stale");
  EXPECT_FALSE(news.take(start + std::chrono::minutes(59)));
  const auto second = news.take(start + hours(1));
  ASSERT_TRUE(second);
  EXPECT_NE(second->find("1 new (1 stale)"), std::string::npos) << *second;
  EXPECT_FALSE(news.take(start + hours(3))) << "nothing new";
}

}  // namespace
}  // namespace culvert::node
