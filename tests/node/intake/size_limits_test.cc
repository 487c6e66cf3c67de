// How large a message may be, in clear and sealed, in and out.
#include <gtest/gtest.h>

#include "node/delivery/attempt.h"
#include "tests/node/flow/peer_fixture.h"

namespace culvert::node {
namespace {

constexpr std::size_t kLimitBytes = 100'000;

class SizeLimitsTest : public PeerFlowTest {
 protected:
  void SetUp() override {
    PeerFlowTest::SetUp();
    config.smtp.max_message_bytes = kLimitBytes;
    live_config.set(std::make_shared<Config>(config));
  }

  static std::string message_of(std::size_t size_bytes) {
    std::string out = "From: alice@a.example\r\n\r\n";
    while (out.size() + 64 < size_bytes)
      out += std::string(62, 'x') + "\r\n";
    return out + std::string(size_bytes - out.size() - 2, 'y') + "\r\n";
  }

  // What becomes of mail of that size for the peer.
  AttemptPlan plan_for_peer(std::uint64_t size_bytes) {
    store::Message message;
    message.id = store::MessageId::make(clock.now());
    message.size_bytes = size_bytes;
    store::QueueEntry entry;
    entry.id = {message.id, 0};
    entry.path = store::DeliveryPath::tunnel;
    entry.destination = "a.example";
    entry.recipients = {{peering::mailbox("alice@a.example"), {}, {}}};
    return plan_attempt(context, entry, message);
  }
};

TEST_F(SizeLimitsTest, MailInClearIsHeldToTheLimitItself) {
  EXPECT_EQ(arrive(message_of(kLimitBytes)).code, 250);
  const Reply reply = arrive(message_of(kLimitBytes + 1));
  EXPECT_EQ(reply.code, 552);
  EXPECT_EQ(reply.enhanced, "5.3.4");
  EXPECT_EQ(queue().size(), 1U);
}

TEST_F(SizeLimitsTest, SealedMailMayBeLargerByWhatSealingAdds) {
  const std::string sealed = seal(message_of(kLimitBytes));
  ASSERT_GT(sealed.size(), kLimitBytes);
  EXPECT_EQ(arrive(sealed).code, 250);
  open_it();
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(queue()[0].path, store::DeliveryPath::inside);
}

TEST_F(SizeLimitsTest, TheFieldThatThePeersNodeAddsDoesNotCount) {
  const std::string received = "Received: from x by y; " + std::string(900, 'z') + "\r\n";
  ASSERT_EQ(arrive(seal(received + message_of(kLimitBytes))).code, 250);
  open_it();
  EXPECT_EQ(queue().size(), 1U);
}

TEST_F(SizeLimitsTest, WhatIsTooLargeOnceOpenedIsKeptInQuarantine) {
  ASSERT_EQ(arrive(seal(message_of(kLimitBytes + 5000))).code, 250);
  open_it();
  EXPECT_TRUE(queue().empty());
  ASSERT_EQ(quarantine().size(), 1U);
  EXPECT_EQ(quarantine()[0].reason_code, "too-large");
}

TEST_F(SizeLimitsTest, WhatIsTooLargeForThePeerComesBackToItsSender) {
  const std::uint64_t announced = peer.facts().capabilities.max_message_bytes;
  ASSERT_GT(announced, 0U);
  EXPECT_TRUE(std::holds_alternative<Attempt>(plan_for_peer(announced)));
  const AttemptPlan plan = plan_for_peer(announced + 1);
  ASSERT_TRUE(std::holds_alternative<GiveUp>(plan));
  EXPECT_EQ(std::get<GiveUp>(plan).status, "5.3.4");
}

}  // namespace
}  // namespace culvert::node
