// What a peer says of mail of ours, and what its sender hears.
#include "node/reports/heard_trouble.h"

#include <gtest/gtest.h>

#include "store/sealed_mail.h"
#include "store/trace.h"
#include "store/trouble.h"
#include "tests/node/flow/fixture.h"

namespace culvert::node {
namespace {

using store::mailbox;
using store::TroubleState;

class HeardTroubleTest : public FlowTest {
 protected:
  void SetUp() override {
    mail.peer = store::fingerprint(2);
    mail.message = store::MessageId::make(clock.now());
    mail.sender = mailbox("alice@a.example");
    mail.received = clock.now();
    mail.origin = store::Origin::inside;
    mail.message_id = "order.7@client.test";
    mail.recipients = {{mailbox("bob@b.example"), {}, {}},
                       {mailbox("never@b.example"), Notify{.never = true}, {}},
                       {mailbox("failure@b.example"), Notify{.failure = true}, {}}};
    write([&](store::WriteTransaction& txn) { store::note_sealed_mail(txn, name, 0, mail); });
  }
  void write(const std::function<void(store::WriteTransaction&)>& what) {
    ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    what(txn);
                    return done();
                  }).ok());
  }
  void hear(TroubleState state, std::string reason) {
    write([&](store::WriteTransaction& txn) {
      EXPECT_TRUE(store::hear_trouble(txn, {mail.peer, name, state, reason, clock.now()}));
    });
  }
  // The reports in the queue after what is due was done.
  std::vector<std::string> reports() {
    act_on_heard_trouble(context);
    std::vector<std::string> out;
    for (const store::QueueEntry& entry : queue())
      out.push_back(stored_body(entry.id.message));
    return out;
  }

  const Bytes name = Bytes(store::kSealedNameBytes, 3);
  store::SealedMail mail;
};

bool names(const std::string& report, std::string_view recipient) {
  return report.find("Final-Recipient: rfc822; " + std::string(recipient)) != std::string::npos;
}

TEST_F(HeardTroubleTest, OfMailThatIsHeldIsToldWhenItHasWaitedLongEnough) {
  hear(TroubleState::held, "future");
  EXPECT_TRUE(reports().empty());
  clock.advance(std::chrono::hours(4));
  const auto made = reports();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_NE(made[0].find("Action: delayed"), std::string::npos);
  EXPECT_NE(made[0].find("the mail gateway of b.example keeps it until its time comes"),
            std::string::npos);
  EXPECT_NE(made[0].find("\r\nMessage-ID: <order.7@client.test>\r\n"), std::string::npos);
  EXPECT_TRUE(names(made[0], "bob@b.example"));
  EXPECT_FALSE(names(made[0], "never@b.example"));
  EXPECT_FALSE(names(made[0], "failure@b.example"));
  EXPECT_EQ(reports().size(), 1u);
  EXPECT_EQ(queue()[0].recipients[0].mailbox, mailbox("alice@a.example"));
}

TEST_F(HeardTroubleTest, OfMailThatIsGoneIsToldAtOnceAndNotThatItWaitedToo) {
  hear(TroubleState::held, "altered");
  hear(TroubleState::dropped, "altered");
  clock.advance(std::chrono::hours(4));
  const auto made = reports();
  ASSERT_EQ(made.size(), 1u);
  EXPECT_NE(made[0].find("Action: failed"), std::string::npos);
  EXPECT_NE(made[0].find("its administrator has dropped it"), std::string::npos);
  EXPECT_TRUE(names(made[0], "bob@b.example"));
  EXPECT_TRUE(names(made[0], "failure@b.example"));
  EXPECT_FALSE(names(made[0], "never@b.example"));
}

TEST_F(HeardTroubleTest, StandsInTheTraceOfTheMail) {
  hear(TroubleState::expired, "no-route");
  reports();
  std::vector<store::TraceEvent> events;
  ASSERT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  events = store::find_trace(txn, mail.message);
                  return done();
                }).ok());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].event, "peer-failed");
}

TEST_F(HeardTroubleTest, OfMailThatWasForgottenMeanwhileMakesNoReport) {
  hear(TroubleState::dropped, "size");
  write([&](store::WriteTransaction& txn) {
    EXPECT_EQ(store::purge_sealed_mails(txn, Time::max(), 10), 1u);
  });
  EXPECT_TRUE(reports().empty());
  write([](store::WriteTransaction& txn) { EXPECT_TRUE(store::troubles_heard(txn, 10).empty()); });
}

}  // namespace
}  // namespace culvert::node
