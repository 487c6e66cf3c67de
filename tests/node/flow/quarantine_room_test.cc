#include "node/flow/quarantine_room.h"

#include <gtest/gtest.h>

#include "tests/node/flow/quarantine_fixture.h"

namespace culvert::node {
namespace {

using store::QuarantineShare;
using store::ShareKind;

QuarantineShare stranger(const std::string& source) {
  return {ShareKind::stranger, std::nullopt, source};
}

class QuarantineRoomTest : public QuarantineFlowTest {
 protected:
  void set_round_limits() {
    limits.peer_bytes = 60'000;
    limits.stranger_bytes = 20'000;
    limits.strangers_bytes = 50'000;
  }
  store::MessageId id() { return store::MessageId::make(clock.now()); }
  QuarantineRoom& room() { return quarantine_.room; }
  bool reserve(const store::MessageId& message, const std::vector<QuarantineShare>& shares,
               std::uint64_t bytes) {
    return room().reserve(message, shares, bytes).ok();
  }
};

TEST_F(QuarantineRoomTest, ReservesInTheFirstShareThatHasRoom) {
  set_round_limits();
  const auto first = stranger("one"), second = stranger("two");
  const auto a = id(), b = id(), c = id();
  ASSERT_TRUE(reserve(a, {first, second}, 10'000));
  ASSERT_TRUE(reserve(b, {first, second}, 10'000));
  EXPECT_EQ(room().share_of(a), first);
  EXPECT_EQ(room().share_of(b), second);
  EXPECT_FALSE(reserve(c, {first, second}, 10'000));
  EXPECT_FALSE(room().share_of(c));
  room().release(a);
  room().release(a);
  ASSERT_TRUE(reserve(c, {first, second}, 10'000));
  EXPECT_EQ(room().share_of(c), first);
}

TEST_F(QuarantineRoomTest, AReservationGrowsAndWithoutRoomStaysAsItWas) {
  set_round_limits();
  const auto a = id(), b = id();
  for (std::uint64_t bytes = 1000; bytes <= 15'000; bytes += 1000)
    ASSERT_TRUE(reserve(a, {stranger("one")}, bytes)) << "it does not count itself";
  EXPECT_FALSE(reserve(a, {stranger("one")}, 16'000));
  EXPECT_EQ(room().share_of(a), stranger("one"));
  EXPECT_FALSE(reserve(b, {stranger("one")}, 1));
  // It may move where there is room.
  ASSERT_TRUE(reserve(a, {stranger("one"), {ShareKind::peer, peer.fingerprint(), {}}}, 40'000));
  ASSERT_TRUE(reserve(b, {stranger("one")}, 1));
}

TEST_F(QuarantineRoomTest, TheLargestMessageAlwaysFitsAnEmptyShare) {
  for (const std::uint64_t largest : {1'000'000ULL, 211'048'576ULL, 140'000'000'000ULL}) {
    const QuarantineLimits all = quarantine_limits(largest);
    for (const ShareKind kind : {ShareKind::peer, ShareKind::peers_hosts, ShareKind::stranger}) {
      EXPECT_GE(limit_of(all, kind), store::charged_bytes(largest + all.step_bytes));
    }
    EXPECT_GE(all.strangers_bytes, all.stranger_bytes);
  }
}

TEST_F(QuarantineRoomTest, ALostConnectionGivesItsRoomBack) {
  const std::string mail = junk();
  {
    const auto receiver = make_outside_receiver(context, check);
    const MailCommand command{*Mailbox::parse("m@evil.example"), {}};
    for (int i = 0; i < 3; ++i) {
      ASSERT_FALSE(receiver->on_mail(client_at(kStrangersHost), command));
      receiver->on_recipient({*Mailbox::parse("bob@b.example"), {}}, [](Decision) {});
      ASSERT_FALSE(receiver->on_body_begin());
      ASSERT_TRUE(receiver->on_body(as_bytes(mail)).ok()) << i;
      if (i < 2) receiver->on_reset();
    }
  }
  EXPECT_TRUE(reserve(id(), {stranger(source_network(*IpAddress::parse(kStrangersHost)))},
                      2 * unit - store::kItemCostBytes));
}

TEST_F(QuarantineRoomTest, WhatWasTakenHasItsRoomAgainAfterARestart) {
  ASSERT_EQ(send(junk(), kStrangersHost).code, 250);
  ASSERT_EQ(send(junk(), kStrangersHost).code, 250);
  ASSERT_EQ(send(junk(), kStrangersHost).code, 452);
  Quarantine after(own.store(), [this] { return limits; });
  FlowContext restarted{own.store(), workers,  clock, watch, routing,    live_config,
                        keys,        counters, [] {}, after, path_traits};
  ASSERT_TRUE(start_quarantine(restarted).ok());
  EXPECT_EQ(after.room.taken().size(), 2U);
  const auto share = shares_for(restarted, kStrangersHost, std::nullopt).front();
  EXPECT_FALSE(after.room.reserve(id(), {share}, 8000).ok());
  EXPECT_TRUE(after.room.reserve(id(), {stranger("other")}, 8000).ok());
}

TEST_F(QuarantineRoomTest, MailThatACommandDroppedFromTheQueueGivesItsRoomBack) {
  ASSERT_EQ(send(junk(), kStrangersHost).code, 250);
  ASSERT_EQ(room().taken().size(), 1U);
  tend_quarantine(context);
  ASSERT_EQ(room().taken().size(), 1U) << "it is there still";
  own.write([&](store::WriteTransaction& txn) {
    store::drop(txn, store::list_queue(txn, std::nullopt, 1).entries.at(0).id);
  });
  tend_quarantine(context);
  EXPECT_TRUE(room().taken().empty());
}

TEST_F(QuarantineRoomTest, WhatIsOpenedOrPassesGivesItsRoomBack) {
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(deliver(good_mail(), kStrangersHost), 250) << i;
    const std::string users = seal_as_a_user(peer.encryption().certificate, kText);
    ASSERT_EQ(deliver(users, "192.0.2.1"), 250) << i;
  }
  EXPECT_TRUE(room().taken().empty());
  EXPECT_TRUE(quarantine().empty());
}

TEST_F(QuarantineRoomTest, WhatIsHeldIsChargedInsteadOfReserved) {
  ASSERT_EQ(deliver(junk(), kStrangersHost), 250);
  EXPECT_TRUE(room().taken().empty());
  const auto held = quarantine();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(stored(ShareKind::stranger), store::charged_bytes(held[0].message.size_bytes));
  own.write([&](store::WriteTransaction& txn) {
    const auto before = store::list_shares(txn, 0, 10);
    store::recount_quarantine(txn);
    EXPECT_EQ(store::list_shares(txn, 0, 10), before);
    EXPECT_EQ(store::strangers_bytes(txn), before.at(0).bytes);
    store::drop_quarantine(txn, held[0].message.id);
    EXPECT_TRUE(store::list_shares(txn, 0, 10).empty());
    EXPECT_EQ(store::strangers_bytes(txn), 0U);
  });
}

TEST_F(QuarantineRoomTest, ItemsOfAnOlderProgramAreCountedAtAStart) {
  ASSERT_EQ(deliver(junk(), kStrangersHost), 250);
  ASSERT_EQ(deliver(misdirected_mail(), kPeersHost), 250);
  own.write([&](store::WriteTransaction& txn) {
    for (store::QuarantineItem item : store::list_quarantine(txn, std::nullopt, 10).items) {
      item.share.reset();
      item.copy_key.clear();
      item.remembered_until.reset();
      txn.put(store::Table::quarantine, item.message.id.view(), encode(item));
    }
    store::recount_quarantine(txn);
    EXPECT_EQ(store::list_shares(txn, 0, 10).size(), 2U);
  });
  EXPECT_GT(stored(ShareKind::peer), 0U);
  EXPECT_GT(stored(ShareKind::stranger), 0U);
}

}  // namespace
}  // namespace culvert::node
