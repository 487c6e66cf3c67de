// Receivers over a real store, without sockets: what the listeners accept, refuse and commit.
#include "node/intake/intake.h"

#include <gtest/gtest.h>

#include "node/delivery/client_to_show.h"
#include "tests/node/flow/fixture.h"
#include "tests/node/flow/hand_in.h"

namespace culvert::node {
namespace {

class IntakeTest : public FlowTest {
 protected:
  FixedCheck check;
};

TEST_F(IntakeTest, TakesMailOverWithOneEntryForEachPathAndDestination) {
  const auto receiver = make_inside_receiver(context);
  const Reply reply = hand_in(*receiver, "jo@a.example",
                              {"x@b.example", "y@b.example", "z@c.example", "ann@a.example"},
                              "Subject: x\r\nBcc: z@c.example\r\n\r\nhello\r\n");
  EXPECT_EQ(reply.code, 250);
  const auto entries = queue();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].recipients.size(), 2U);
  EXPECT_EQ(entries[0].path, store::DeliveryPath::clear);
  EXPECT_EQ(entries[2].path, store::DeliveryPath::inside);
  EXPECT_EQ(stored_body(entries[0].id.message), "Subject: x\r\n\r\nhello\r\n");
  EXPECT_EQ(counters.totals()[static_cast<std::size_t>(Counted::received)], 1U);
}

TEST_F(IntakeTest, RefusesInTheDialogueWhatMustBeSealedAndCannotBe) {
  rule("domain:b.example", "mandatory");
  const auto receiver = make_inside_receiver(context);
  const Reply reply = hand_in(*receiver, "jo@a.example", {"x@b.example"}, "\r\n");
  EXPECT_EQ(reply.code, 550);
  EXPECT_EQ(reply.enhanced, "5.7.10");
  EXPECT_TRUE(queue().empty());
}

// Named attack: Relay.
TEST_F(IntakeTest, RelayFromOutsideToOutsideIsRefusedInEverySpelling) {
  const auto receiver = make_outside_receiver(context, check);
  for (const char* to : {"x@b.example", "\"x@a.example\"@b.example", "x%a.example@b.example",
                         "a.example!x@b.example", "x@sub.a.example", "x@a.example.b.example"}) {
    const Reply reply = hand_in(*receiver, "evil@b.example", {to}, "\r\n");
    EXPECT_EQ(reply.code, 550) << to;
    receiver->on_reset();
  }
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(hand_in(*receiver, "b@b.example", {"ann@A.EXAMPLE"}, "\r\nx\r\n").code, 250);
}

// Named attack: Two readers. On both listeners, with the line and what is wrong with it.
TEST_F(IntakeTest, TwoReadersOfAHeaderGetNothingToRead) {
  const auto outside = make_outside_receiver(context, check);
  const auto inside = make_inside_receiver(context);
  for (const std::string_view header : {
           std::string_view("A: b\r\nCulvert\0-Result: tunnel; signed=yes\r\n", 43),
           std::string_view("A: b\r\nFrom\r\n : ceo@b.example\r\n"),
           std::string_view("A: b\r\nAuthentication-Results:\x0bgate.a.example; smime=pass\r\n"),
           std::string_view("A: b\r\nFrom jo@b.example Mon Jan  1 00:00:00 2024\r\n"),
           std::string_view("A: b\r\nX: y\x0c"
                            "Culvert-Result: tunnel; signed=yes\r\n"),
       }) {
    const std::string message = std::string(header) + "\r\nhello\r\n";
    for (MailReceiver* receiver : {outside.get(), inside.get()}) {
      const Reply reply = hand_in(*receiver, "x@c.example", {"ann@a.example"}, message);
      EXPECT_EQ(reply.code, 554) << header;
      EXPECT_EQ(reply.enhanced, "5.6.0");
      EXPECT_NE(reply.lines.front().find("line 2 of the header"), std::string::npos)
          << reply.lines.front();
      receiver->on_reset();
    }
  }
  EXPECT_TRUE(queue().empty());
}

TEST_F(IntakeTest, TakesTheOddHeadersOfHonestMail) {
  const auto outside = make_outside_receiver(context, check);
  const std::string message =
      "From: Jos\xe9 <x@c.example>\r\nCc: \x1b$B%F%9%H\x1b(B <ann@a.example>\r\n"
      "Subject : \x1b$B%F\x1b(B\r\n \r\n\t\r\nX:\r\n\r\nhello\r\n";
  ASSERT_EQ(hand_in(*outside, "x@c.example", {"ann@a.example"}, message).code, 250);
  EXPECT_EQ(stored_body(queue().front().id.message), message);
}

TEST_F(IntakeTest, AsksForTheRecipientAndForgetsTheUnknownOne) {
  const auto receiver = make_outside_receiver(context, check);
  check.decision = make_reply(550, "5.1.1", "unknown");
  EXPECT_EQ(hand_in(*receiver, "b@b.example", {"nobody@a.example"}, "\r\n").code, 550);
  check.decision = std::nullopt;
  receiver->on_reset();
  EXPECT_EQ(hand_in(*receiver, "b@b.example", {"ann@a.example"}, "\r\nx\r\n").code, 250);
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(queue()[0].recipients.size(), 1U);
}

TEST_F(IntakeTest, KeepsWhoTheClientWasForTheServerInside) {
  const auto receiver = make_outside_receiver(context, check);
  const SmtpSession client{"192.0.2.7", 4711, "mail.c.example", false, false, ""};
  ASSERT_EQ(hand_in(*receiver, "x@c.example", {"ann@a.example"}, "\r\nx\r\n", client).code, 250);
  const auto id = queue().at(0).id.message;
  std::optional<store::Message> message;
  ASSERT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  message = store::find_message(txn, id);
                  return done();
                }).ok());
  ASSERT_TRUE(message);
  EXPECT_EQ(client_to_show(*message, *context.config.get()),
            (ShownClient{"192.0.2.7", 4711, "mail.c.example", false}));
}

TEST_F(IntakeTest, RefusesClientsOutsideTheNetworks) {
  config.inside.networks = {*IpNetwork::parse("10.0.0.0/8")};
  live_config.set(std::make_shared<Config>(config));
  EXPECT_TRUE(make_inside_receiver(context)->on_connect(kClient).has_value());
  EXPECT_FALSE(make_outside_receiver(context, check)->on_connect(kClient).has_value());
}

TEST_F(IntakeTest, HoldsSendersToTheDomainsIfConfigured) {
  config.inside.senders = InsideSettings::Senders::own_domains;
  live_config.set(std::make_shared<Config>(config));
  const auto receiver = make_inside_receiver(context);
  EXPECT_EQ(hand_in(*receiver, "x@b.example", {"y@c.example"}, "\r\nx\r\n").code, 550);
  EXPECT_EQ(hand_in(*receiver, "", {"y@c.example"}, "\r\nx\r\n").code, 250);
  EXPECT_EQ(hand_in(*receiver, "x@a.example", {"y@c.example"}, "\r\nx\r\n").code, 250);
}

// Named attack: Foreign tenant.
TEST_F(IntakeTest, ForeignTenantWithoutTheSecretIsRefused) {
  config.inside.required_header = RequiredHeader{"X-Our-Secret", "s3cret"};
  live_config.set(std::make_shared<Config>(config));
  const auto receiver = make_inside_receiver(context);
  EXPECT_EQ(hand_in(*receiver, "x@a.example", {"y@c.example"}, "A: b\r\n\r\nx\r\n").code, 550);
  const std::string ours = "X-Our-Secret: s3cret\r\nA: b\r\n\r\nx\r\n";
  EXPECT_EQ(hand_in(*receiver, "x@a.example", {"y@c.example"}, ours).code, 250);
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(stored_body(queue()[0].id.message), "A: b\r\n\r\nx\r\n");
}

// Named attack: Loop.
TEST_F(IntakeTest, LoopIsRefused) {
  const auto receiver = make_outside_receiver(context, check);
  std::string header;
  for (int i = 0; i < 51; ++i)
    header += "Received: by x.example; now\r\n";
  const Reply reply = hand_in(*receiver, "b@b.example", {"ann@a.example"}, header + "\r\nx\r\n");
  EXPECT_EQ(reply.code, 554);
  EXPECT_EQ(reply.enhanced, "5.4.6");
}

TEST_F(IntakeTest, KeepsTheNodesOwnAddressesForOtherNodes) {
  const auto inside = make_inside_receiver(context);
  EXPECT_EQ(hand_in(*inside, "", {"culvert-peering@a.example"}, "\r\n").code, 550);
  EXPECT_EQ(hand_in(*inside, "", {"culvert-tunnel+0@b.example"}, "\r\n").code, 550);
  const auto outside = make_outside_receiver(context, check);
  EXPECT_EQ(hand_in(*outside, "x@b.example", {"culvert-peering@a.example"}, "\r\n").code, 550);
  EXPECT_EQ(hand_in(*outside, "", {"culvert-peering@a.example", "x@a.example"}, "\r\n").code, 550);
  EXPECT_EQ(hand_in(*outside, "", {"culvert-peering@a.example"}, "\r\nx\r\n").code, 250);
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(queue()[0].path, store::DeliveryPath::open);
}

// Named attack: Decryption oracle. What looks sealed is taken over; whether it opens comes later.
TEST_F(IntakeTest, DecryptionOracleGetsTheSameAnswerForEveryBlob) {
  const auto receiver = make_outside_receiver(context, check);
  const std::string header =
      "Content-Type: application/pkcs7-mime\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n";
  for (const char* blob : {"MIAGCyqGSIb3DQEJEAEXoIA=\r\n", "bm90IENNUw==\r\n", "!!!\r\n"}) {
    const Reply reply = hand_in(*receiver, "b@b.example", {"ann@a.example"}, header + blob);
    EXPECT_EQ(reply.code, 250);
  }
  for (const store::QueueEntry& entry : queue()) {
    EXPECT_EQ(entry.path, store::DeliveryPath::open);
  }
  EXPECT_EQ(queue().size(), 3U);
}

}  // namespace
}  // namespace culvert::node
