// A report that comes to a tunnel address: who is told, of whom, and how often.
#include "node/reports/returned_mail.h"

#include <gtest/gtest.h>

#include "crypto/base/limits.h"
#include "node/maintenance.h"
#include "node/opening/opener.h"
#include "peering/tunnel_header.h"
#include "tests/node/flow/fixture.h"
#include "tests/node/flow/open_stored.h"
#include "tests/peering/test_node.h"

namespace culvert::node {
namespace {

using store::mailbox;

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";

class ReturnedMailTest : public FlowTest {
 protected:
  void SetUp() override {
    keys.set(std::make_shared<OwnKeys>(own.identity().certificate));
    sent.message = store::MessageId::make(kStart);
    sent.sender = mailbox("jo@c.example");
    sent.envid = "env1";
    sent.received = kStart;
    sent.sealed = kStart;
    sent.recipients = {{mailbox("bob@b.example"), {}, "rfc822;robert@x.example"},
                       {mailbox("ann@b.example"), {}, {}}};
    note();
  }
  void note() {
    ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    store::note_sent(txn, *from_hex(kToken), sent);
                    return done();
                  }).ok());
  }

  static Mailbox address(std::string_view token = kToken) {
    return peering::tunnel_address(token, *Domain::parse("a.example"));
  }

  // The report of another system; `groups`: `address action`, all with the status 5.1.1.
  static std::string report(const std::vector<std::pair<std::string, std::string>>& groups) {
    std::string out =
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        "--x\r\n\r\ncanary\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; canary\r\n";
    for (const auto& [to, action] : groups) {
      out += "\r\nFinal-Recipient: rfc822; " + to + "\r\nAction: " + action +
             "\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 canary\r\n";
    }
    return out + "\r\n--x--\r\n";
  }
  static std::string failed(const std::string& to) { return report({{to, "failed"}}); }

  // The recipients for whom a report is made now, or the error's code.
  std::string returned(const std::string& came, const Mailbox& to) {
    auto plan = plan_return(context, to, came);
    if (!plan) return plan.error().code;
    std::string names;
    for (const ReturnedRecipient& r : plan->recipients)
      names += r.recipient.mailbox.local_part() + " ";
    const Status put = db->write(
        [&](store::WriteTransaction& txn) { return put_return(txn, *plan, clock.now()); });
    return put ? names : put.error().code;
  }
  std::string returned(const std::string& came) { return returned(came, address()); }

  // A mail that came for `to`, opened; and what became of it in the queue.
  void arrive(const std::string& sender, const std::string& to, const std::string& content) {
    store::Message message;
    message.id = store::MessageId::make(clock.now());
    if (!sender.empty()) message.sender = mailbox(sender);
    store::BodyWriter writer(*db, message.id);
    ASSERT_TRUE(writer.write(as_bytes(content)).ok());
    auto body = writer.finish();
    message.body = body->ref();
    store::QueueEntry entry = store::entry_to(message.id, 0, "a.example");
    entry.destination.clear();
    entry.path = store::DeliveryPath::open;
    entry.recipients = {{mailbox(to), {}, {}}};
    ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, message, *body, {entry});
                  }).ok());
    open(entry.id);
  }
  void open(const store::EntryId& id) {
    Opener opener(context, [](const Fingerprint&, ByteView) {});
    open_stored(opener, *db, id, [](const Status&) {});
    // Behind all that was given to the commit thread.
    ASSERT_TRUE(db->write([](store::WriteTransaction&) { return done(); }).ok());
  }

  peering::TestNode own{"gate.a.example", {"a.example"}};
  store::SentMail sent;
};

TEST_F(ReturnedMailTest, TellsTheSenderOnceForEachRecipient) {
  EXPECT_EQ(returned(failed("bob@b.example")), "bob ");
  EXPECT_EQ(returned(failed("bob@b.example")), "nothing-failed");
  EXPECT_EQ(returned(failed("ANN@b.example")), "ann ");
  EXPECT_EQ(returned(failed("ann@b.example")), "nothing-failed");
  ASSERT_EQ(queue().size(), 2u);
  for (const store::QueueEntry& entry : queue()) {
    EXPECT_EQ(entry.recipients.front().mailbox, mailbox("jo@c.example"));
    EXPECT_EQ(entry.path, store::DeliveryPath::clear);
  }
}

// Named attack: Bounce leak.
TEST_F(ReturnedMailTest, BounceLeakOfAForeignReportIsStoppedByTakingItsCodeAlone) {
  ASSERT_EQ(returned(failed("bob@b.example")), "bob ");
  const std::string text = stored_body(queue().front().id.message);
  EXPECT_EQ(text.find("canary"), std::string::npos) << text;
  EXPECT_NE(text.find("Final-Recipient: rfc822; bob@b.example\r\nAction: failed\r\nStatus: 5.1.1"),
            std::string::npos);
  EXPECT_NE(text.find("Original-Recipient: rfc822;robert@x.example"), std::string::npos);
  EXPECT_NE(text.find("Original-Envelope-Id: env1"), std::string::npos);
  EXPECT_EQ(text.find("ann@"), std::string::npos);
}

TEST_F(ReturnedMailTest, LeavesADelayAndADeliveryAlone) {
  EXPECT_EQ(returned(report({{"bob@b.example", "delayed"}})), "nothing-failed");
  EXPECT_EQ(returned(report({{"bob@b.example", "delivered"}, {"x@y.example", "failed"}})),
            "nothing-failed");
  EXPECT_TRUE(queue().empty());
}

TEST_F(ReturnedMailTest, TakesAReportThatNamesNobodyForTheWholeIfAllOfItFailed) {
  EXPECT_EQ(returned(report({{"x@inner.example", "failed"}, {"y@inner.example", "relayed"}})),
            "nothing-failed");
  EXPECT_EQ(returned(failed("bob@b.example")), "bob ");
  EXPECT_EQ(returned(failed("x@inner.example")), "ann ");
  EXPECT_EQ(returned(failed("x@inner.example")), "nothing-failed");
}

TEST_F(ReturnedMailTest, KnowsNoOtherTokenAndNoneOlderThanFourteenDays) {
  EXPECT_EQ(returned(failed("bob@b.example"), address(std::string(32, '0'))), kUnknownToken);
  EXPECT_EQ(returned(failed("bob@b.example"), address("0123")), "not-a-report");
  clock.advance(kMaxSealedAge + std::chrono::seconds(1));
  EXPECT_EQ(returned(failed("bob@b.example")), kUnknownToken);
  maintain(*db, watch, config.limits.held_peer);
  EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  EXPECT_FALSE(store::find_sent(txn, *from_hex(kToken)).has_value());
                  return done();
                }).ok());
}

TEST_F(ReturnedMailTest, TwoReportsAtTheSameTimeMakeOne) {
  const auto first = plan_return(context, address(), failed("bob@b.example"));
  const auto second = plan_return(context, address(), failed("bob@b.example"));
  ASSERT_TRUE(first.ok() && second.ok());
  const auto put = [&](const ReturnPlan& plan) {
    return db->write(
        [&](store::WriteTransaction& txn) { return put_return(txn, plan, clock.now()); });
  };
  EXPECT_TRUE(put(*first).ok());
  EXPECT_EQ(put(*second).error().code, "reported-meanwhile");
  EXPECT_EQ(queue().size(), 1u);
}

TEST_F(ReturnedMailTest, ComesThroughTheOpenerAndIsConsumed) {
  arrive("", address().text(), failed("bob@b.example"));
  ASSERT_EQ(queue().size(), 1u);
  EXPECT_EQ(queue().front().recipients.front().mailbox, mailbox("jo@c.example"));
  arrive("", address().text(), failed("bob@b.example"));
  EXPECT_EQ(queue().size(), 1u);
}

TEST_F(ReturnedMailTest, AReportWithASenderIsNone) {
  arrive("mallory@x.example", address().text(), failed("bob@b.example"));
  EXPECT_TRUE(queue().empty());
}

TEST_F(ReturnedMailTest, AReportThatIsFasterThanTheRecordIsLookedAtAgainOnce) {
  const std::string late(32, 'a');
  arrive("", address(late).text(), failed("bob@b.example"));
  ASSERT_EQ(queue().size(), 1u);
  const store::EntryId id = queue().front().id;
  EXPECT_EQ(queue().front().state, store::EntryState::deferred);
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  store::note_sent(txn, *from_hex(late), sent);
                  return done();
                }).ok());
  open(id);
  ASSERT_EQ(queue().size(), 1u);
  EXPECT_EQ(queue().front().recipients.front().mailbox, mailbox("jo@c.example"));
}

TEST_F(ReturnedMailTest, AReportForNobodyIsConsumedAtTheSecondLook) {
  arrive("", address(std::string(32, 'a')).text(), failed("bob@b.example"));
  ASSERT_EQ(queue().size(), 1u);
  open(queue().front().id);
  EXPECT_TRUE(queue().empty());
}

}  // namespace
}  // namespace culvert::node
