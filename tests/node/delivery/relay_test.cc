// Named attack: Relay. What the inside server would send on is handed to it by no way, and no
// report goes to such an address; tests/e2e/relay shows the same with real servers behind the node.
#include <gtest/gtest.h>

#include "crypto/base/hidden_route.h"
#include "node/delivery/attempt.h"
#include "node/reports/bounce.h"
#include "tests/node/flow/open_stored.h"
#include "tests/node/flow/peer_fixture.h"
#include "tests/support/route_spellings.h"

namespace culvert::node {
namespace {

const std::string kOriginal = "From: alice@a.example\r\n\r\nhello\r\n";

// The node of b.example, with an active route to its peer a.example.
class RelayTest : public PeerFlowTest {
 protected:
  Reply to(MailReceiver& receiver, const std::string& from, const std::string& recipient) {
    const Reply reply = hand_in(receiver, from, {recipient}, "A: b\r\n\r\nx\r\n");
    receiver.on_reset();
    return reply;
  }
  Reply outside(const std::string& from, const std::string& recipient) {
    return to(*make_outside_receiver(context, check), from, recipient);
  }
  Reply inside(const std::string& from, const std::string& recipient) {
    return to(*make_inside_receiver(context), from, recipient);
  }

  // One message of the peer that says so, opened; true if it went to quarantine for its address.
  bool is_held(const std::string& sender, const std::string& recipient) {
    const std::size_t held = quarantine().size();
    const std::size_t queued = queue().size();
    change = [&](peering::SealedEnvelope& out) {
      out.id = {static_cast<std::uint8_t>(++number_), static_cast<std::uint8_t>(number_ >> 8)};
      out.recipients.front().mailbox = peering::mailbox(recipient);
      out.sender = peering::mailbox(sender);
      out.smtputf8 = out.recipients.front().mailbox.needs_utf8() || out.sender->needs_utf8();
    };
    EXPECT_EQ(arrive(seal(kOriginal)).code, 250);
    std::optional<store::EntryId> waiting;
    for (const store::QueueEntry& entry : queue()) {
      if (entry.path == store::DeliveryPath::open) waiting = entry.id;
    }
    std::promise<Status> done;
    open_stored(opener, own.store(), *waiting,
                [&done](const Status& status) { done.set_value(status); });
    EXPECT_TRUE(done.get_future().get().ok());
    if (quarantine().size() == held) return false;
    EXPECT_EQ(queue().size(), queued);
    const auto items = quarantine();
    return std::any_of(items.begin(), items.end(),
                       [](const auto& item) { return item.reason_code == "bad-address"; });
  }

  // A stored message with one entry by that path.
  store::QueueEntry waiting(store::DeliveryPath path, const std::vector<std::string>& recipients) {
    store::QueueEntry entry;
    entry.id = {store::MessageId::make(clock.now()), 0};
    entry.path = path;
    entry.destination = path == store::DeliveryPath::tunnel ? "a.example" : "";
    entry.created = clock.now();
    entry.expires = clock.now() + kQueueLifetime;
    for (const std::string& each : recipients)
      entry.recipients.push_back({peering::mailbox(each), {}, {}});
    return entry;
  }

  bool is_told(const store::Message& message) {
    const auto entry = waiting(store::DeliveryPath::inside, {"bob@b.example"});
    const auto plan = plan_bounce(context, entry, message,
                                  {{peering::mailbox("bob@b.example"), "", "5.1.1", "no", "mx"}});
    return plan.ok() && plan->has_value();
  }

 private:
  unsigned number_ = 0;
};

TEST_F(RelayTest, RelayByARecipientFromOutsideIsRefused) {
  for (const std::string& local : tests::kRelayLocalParts) {
    const Reply reply = outside("evil@c.example", local + "@b.example");
    EXPECT_EQ(reply.code, 550) << local;
    EXPECT_EQ(reply.enhanced, "5.1.3") << local;
  }
  EXPECT_TRUE(queue().empty());
  for (const std::string& local : tests::kHonestLocalParts)
    EXPECT_EQ(outside("jo@c.example", local + "@b.example").code, 250) << local;
}

TEST_F(RelayTest, RelayByAReversePathOfOursIsRefusedOnBothSides) {
  for (const std::string& local : tests::kRelayLocalParts) {
    EXPECT_EQ(outside(local + "@b.example", "bob@b.example").enhanced, "5.1.3") << local;
    EXPECT_EQ(inside(local + "@b.example", "x@c.example").enhanced, "5.1.3") << local;
  }
  for (const char* domain : {"mail.b.example", "localhost", "localhost.localdomain", "mailhost"})
    EXPECT_EQ(outside("v%world.example@" + std::string(domain), "bob@b.example").code, 550);
  EXPECT_TRUE(queue().empty());
}

// Reports to these leave by the paths of their own domains, never through our inside server.
TEST_F(RelayTest, SendersOfOtherDomainsPassHoweverTheyAreWritten) {
  for (const char* sender :
       {"bounce+x=y.example@c.example", "prvs=0123456789=jo@c.example", "a%b@c.example",
        "host!user@c.example", "SRS0=Hhh=TT=d.example=jo@c.example"}) {
    EXPECT_EQ(outside(sender, "bob@b.example").code, 250) << sender;
  }
}

TEST_F(RelayTest, RelayByARecipientFromInsideIsRefusedButInClear) {
  for (const std::string& local : tests::kRelayLocalParts) {
    EXPECT_EQ(inside("bob@b.example", local + "@b.example").enhanced, "5.1.3") << local;
    EXPECT_EQ(inside("bob@b.example", local + "@a.example").enhanced, "5.1.3") << local;
  }
  EXPECT_EQ(inside("bob@b.example", "user%host@c.example").code, 250);
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(queue()[0].path, store::DeliveryPath::clear);
}

TEST_F(RelayTest, RelayThroughTheTunnelGoesToQuarantine) {
  for (const char* local : {"victim%world.example", "\"victim@world.example\"", "world.example!v",
                            "|cmd", "-oQ", "/etc/passwd", "\":include:/x\"", "v\uff05world"}) {
    EXPECT_TRUE(is_held("alice@a.example", std::string(local) + "@b.example")) << local;
  }
  EXPECT_FALSE(is_held("alice@a.example", "bob+x=y@b.example"));
}

TEST_F(RelayTest, RelayByASealedSenderGoesToQuarantineIfSomebodyWouldTellIt) {
  for (const char* sender : {"victim%world.example@a.example", "\"v@world.example\"@a.example",
                             "world.example!v@b.example", "v\ufe6aworld@b.example",
                             "v%world.example@localhost", "v%world.example@mail.b.example"}) {
    EXPECT_TRUE(is_held(sender, "bob@b.example")) << sender;
  }
  EXPECT_FALSE(is_held("a%b@c.example", "bob@b.example"));
}

// What waited in the queue since before the listeners knew the rule.
TEST_F(RelayTest, RelayByMailThatWaitedIsRefusedWhenItIsDelivered) {
  store::Message message;
  message.sender = peering::mailbox("jo@c.example");
  for (const auto path : {store::DeliveryPath::inside, store::DeliveryPath::tunnel}) {
    const std::string domain = path == store::DeliveryPath::inside ? "@b.example" : "@a.example";
    const AttemptPlan none = plan_attempt(context, waiting(path, {"v%w" + domain}), message);
    ASSERT_TRUE(std::holds_alternative<GiveUp>(none));
    EXPECT_EQ(std::get<GiveUp>(none).status, "5.1.3");
    const AttemptPlan plan =
        plan_attempt(context, waiting(path, {"w!v" + domain, "bob" + domain}), message);
    const auto* attempt = std::get_if<Attempt>(&plan);
    ASSERT_NE(attempt, nullptr);
    ASSERT_EQ(attempt->entry.recipients.size(), 1U);
    EXPECT_EQ(attempt->entry.recipients[0].mailbox.local_part(), "bob");
    ASSERT_EQ(attempt->refused.size(), 1U);
    EXPECT_EQ(attempt->refused[0].why.status, "5.1.3");
  }
}

TEST_F(RelayTest, RelayByTheSenderOfMailThatWaitedIsNotHandedOn) {
  store::Message message;
  for (const char* sender : {"v%w@b.example", "w!v@mail.b.example", "\"v@w\"@localhost"}) {
    message.sender = peering::mailbox(sender);
    for (const auto path : {store::DeliveryPath::inside, store::DeliveryPath::tunnel}) {
      const std::string to = path == store::DeliveryPath::inside ? "bob@b.example" : "x@a.example";
      const AttemptPlan plan = plan_attempt(context, waiting(path, {to}), message);
      ASSERT_TRUE(std::holds_alternative<Attempt>(plan)) << sender;
      EXPECT_FALSE(std::get<Attempt>(plan).envelope().mail.sender) << sender;
    }
  }
  message.sender = peering::mailbox("v%w@c.example");
  const AttemptPlan plan =
      plan_attempt(context, waiting(store::DeliveryPath::inside, {"bob@b.example"}), message);
  EXPECT_EQ(std::get<Attempt>(plan).envelope().mail.sender, message.sender);
}

TEST_F(RelayTest, RelayByAReportGoesToNobody) {
  store::Message message;
  for (const char* ours : {"v%w@b.example", "w!v@b.example", "\"v@w\"@b.example", "|x@a.example"}) {
    message.sender = peering::mailbox(ours);
    EXPECT_FALSE(is_told(message)) << ours;
  }
  message.opened = store::OpenedContext{peer.fingerprint(), peering::mailbox("v%w@a.example"), ""};
  EXPECT_FALSE(is_told(message));
  message.opened->carrier = "culvert-tunnel+v%world.example@a.example";
  EXPECT_FALSE(is_told(message));
}

TEST_F(RelayTest, ReservedAddressesInQuotesAreReserved) {
  for (const char* spelled :
       {"\"culvert-peering\"@b.example", "\"Culvert\\-Peering\"@B.Example.",
        "\"culvert\\-tunnel+x\"@b.example", "\"\\c\\u\\lvert-tunnel\"@b.example"}) {
    EXPECT_EQ(inside("bob@b.example", spelled).enhanced, "5.1.1") << spelled;
    EXPECT_EQ(outside("", spelled).code, 250) << spelled;
  }
  for (const store::QueueEntry& entry : queue())
    EXPECT_EQ(entry.path, store::DeliveryPath::open);
}

}  // namespace
}  // namespace culvert::node
