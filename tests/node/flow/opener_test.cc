// Sealed mail from its arrival to the queue for inside or to quarantine, over a real store.
#include "node/flow/opener.h"

#include <gtest/gtest.h>

#include "tests/node/flow/peer_fixture.h"

namespace culvert::node {
namespace {

class OpenerTest : public PeerFlowTest {
 protected:
  void withdraw_route() {
    peer.set_domains({peering::domain("a2.example")});
    take_card_of_peer();
    ASSERT_EQ(own.route_state("a.example", peer), store::RouteState::withdrawn);
  }
};

const std::string kOriginal = "From: alice@a.example\r\n\r\nhello\r\n";

TEST_F(OpenerTest, QueuesWhatItOpensForInside) {
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  const auto entries = queue();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].path, store::DeliveryPath::inside);
  EXPECT_TRUE(quarantine().empty());
}

TEST_F(OpenerTest, OpensMailUnderAWithdrawnRouteForAWeek) {
  withdraw_route();
  clock.advance(peering::kWithdrawnGrace);
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(queue()[0].path, store::DeliveryPath::inside);
}

TEST_F(OpenerTest, MailUnderARouteWithdrawnLongAgoRestsInQuarantine) {
  withdraw_route();
  clock.advance(std::chrono::hours(8 * 24));
  ASSERT_EQ(arrive(seal(kOriginal)).code, 250);
  open_it();
  EXPECT_TRUE(queue().empty()) << "it would be opened again and again";
  ASSERT_EQ(quarantine().size(), 1U);
  EXPECT_EQ(quarantine()[0].reason_code, "no-route");
  ASSERT_TRUE(requeue_waiting_mail(context).ok());
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(quarantine().size(), 1U);
}

}  // namespace
}  // namespace culvert::node
