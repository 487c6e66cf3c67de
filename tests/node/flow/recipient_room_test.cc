// Named attack: Recipients without data. What connections may hold before DATA is bounded in all,
// and whoever fills that stops nobody's ordinary mail.
#include "node/flow/recipient_room.h"

#include <gtest/gtest.h>

#include "tests/node/flow/fixture.h"
#include "tests/node/flow/hand_in.h"

namespace culvert::node {
namespace {

class RecipientsWithoutData : public FlowTest {
 protected:
  // As many of `count` as the receiver takes; the last refusal is kept.
  std::size_t give(MailReceiver& receiver, std::size_t count, const std::string& domain) {
    std::size_t taken = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto to = Mailbox::parse("r" + std::to_string(i) + "@" + domain);
      receiver.on_recipient({*to, {}}, [&](Decision decision) {
        if (decision) {
          refusal_ = *decision;
        } else {
          ++taken;
        }
      });
    }
    return taken;
  }
  static void begin(MailReceiver& receiver) {
    MailCommand mail;
    mail.sender = *Mailbox::parse("x@c.example");
    ASSERT_FALSE(receiver.on_mail(kClient, mail).has_value());
  }
  std::unique_ptr<MailReceiver> outside() {
    auto receiver = make_outside_receiver(context, check_);
    begin(*receiver);
    return receiver;
  }
  std::unique_ptr<MailReceiver> inside() {
    auto receiver = make_inside_receiver(context);
    begin(*receiver);
    return receiver;
  }
  // Connections that fill the room, and what they hold in all.
  std::size_t fill(std::vector<std::unique_ptr<MailReceiver>>& connections) {
    std::size_t held = 0;
    while (true) {
      connections.push_back(outside());
      const std::size_t taken = give(*connections.back(), kMaxRecipients, "a.example");
      held += taken;
      if (taken < kMaxRecipients) return held;
    }
  }

  FixedCheck check_;
  std::optional<Reply> refusal_;
};

TEST_F(RecipientsWithoutData, AreBoundedOverAllConnections) {
  std::vector<std::unique_ptr<MailReceiver>> connections;
  const std::size_t held = fill(connections);
  EXPECT_LE(held, kMaxHeldRecipients + connections.size() * kRecipientsWithoutRoom);
  ASSERT_TRUE(refusal_.has_value());
  EXPECT_EQ(refusal_->code, 452);
  EXPECT_EQ(refusal_->enhanced, "4.5.3");
}

TEST_F(RecipientsWithoutData, StopNobodysOrdinaryMail) {
  std::vector<std::unique_ptr<MailReceiver>> connections;
  fill(connections);
  const auto honest = outside();
  EXPECT_EQ(give(*honest, kRecipientsWithoutRoom, "a.example"), kRecipientsWithoutRoom);
  EXPECT_EQ(give(*honest, 1, "a.example"), 0U);
}

TEST_F(RecipientsWithoutData, FromOutsideDoNotStopInside) {
  std::vector<std::unique_ptr<MailReceiver>> connections;
  fill(connections);
  EXPECT_EQ(give(*inside(), kMaxRecipients, "c.example"), kMaxRecipients);
}

TEST_F(RecipientsWithoutData, GiveTheirRoomBackHoweverTheTransactionEnds) {
  {
    const auto lost = outside();
    give(*lost, 100, "a.example");
    EXPECT_EQ(context.outside_recipients.held(), 100 - kRecipientsWithoutRoom);
  }
  EXPECT_EQ(context.outside_recipients.held(), 0U);
  const auto receiver = outside();
  give(*receiver, 100, "a.example");
  receiver->on_reset();
  EXPECT_EQ(context.outside_recipients.held(), 0U);
  give(*receiver, 100, "a.example");
  begin(*receiver);
  EXPECT_EQ(context.outside_recipients.held(), 0U);
  give(*receiver, 100, "a.example");
  ASSERT_FALSE(receiver->on_body_begin().has_value());
  ASSERT_TRUE(receiver->on_body(as_bytes("\r\nx\r\n")).ok());
  std::promise<Reply> answer;
  receiver->on_body_end([&answer](Reply reply) { answer.set_value(std::move(reply)); });
  EXPECT_EQ(answer.get_future().get().code, 250);
  EXPECT_EQ(context.outside_recipients.held(), 0U);
}

// Recipients that are refused are not held, however many are tried.
TEST_F(RecipientsWithoutData, ThatAreRefusedTakeNoRoom) {
  const auto receiver = outside();
  give(*receiver, kRecipientsWithoutRoom, "a.example");
  EXPECT_EQ(give(*receiver, 500, "other.example"), 0U);
  EXPECT_LE(context.outside_recipients.held(), 1U);
}

}  // namespace
}  // namespace culvert::node
