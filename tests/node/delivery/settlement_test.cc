// What is recorded of a delivery, besides its end.
#include "node/delivery/settlement.h"

#include <gtest/gtest.h>

#include <future>

#include "node/smtp/reply.h"
#include "peering/tunnel_header.h"
#include "store/sealed_mail.h"
#include "store/sent.h"
#include "tests/node/flow/fixture.h"
#include "tests/peering/test_node.h"

namespace culvert::node {
namespace {

using store::mailbox;

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";

class SettlementTest : public FlowTest {
 protected:
  // An attempt for bob, ann and eve at b.example, which is in the queue.
  Attempt attempt(const std::string& sender) {
    auto staged = store::stage(*db, "content");
    staged->message.sender = mailbox(sender);
    store::QueueEntry entry = store::entry_to(staged->message.id, 0, "b.example");
    entry.path = store::DeliveryPath::tunnel;
    entry.recipients = {{mailbox("bob@b.example"), {}, {}},
                        {mailbox("ann@b.example"), Notify{.never = true}, {}},
                        {mailbox("eve@b.example"), {}, {}}};
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, staged->message, staged->body, {entry});
                  }).ok());
    SealPlan seal{nullptr,
                  peer.fingerprint(),
                  peer.encryption().certificate,
                  peer.signing().certificate,
                  config.node.domains,
                  config.node.domains.front(),
                  std::string(kToken),
                  name,
                  "<x@a.example>"};
    return {entry, staged->message, seal};
  }

  void settle(const Attempt& attempt, std::vector<RecipientOutcome> outcomes) {
    std::promise<void> settled;
    settle_delivery(context, attempt, {std::move(outcomes), "mx", "", false},
                    [&settled](const Status&) { settled.set_value(); });
    settled.get_future().wait();
  }

  std::optional<store::SentMail> sent() {
    std::optional<store::SentMail> found;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    found = store::find_sent(txn, *from_hex(kToken));
                    return done();
                  }).ok());
    return found;
  }

  std::uint64_t counted(Counted what) const {
    return counters.totals()[static_cast<std::size_t>(what)];
  }

  std::optional<store::SealedMail> sealed() {
    std::optional<store::SealedMail> found;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    found = store::find_sealed_mail(txn, name);
                    return done();
                  }).ok());
    return found;
  }

  // As long ago as it takes for a delay to be told.
  static Attempt old(Attempt attempt) {
    attempt.entry.created -= std::chrono::hours(5);
    return attempt;
  }

  const Bytes name = Bytes(store::kSealedNameBytes, 7);
  peering::TestNode peer{"gate.b.example", {"b.example"}};
  const RecipientOutcome taken{make_reply(250, "2.0.0", "ok"), true};
  const RecipientOutcome busy{make_reply(451, "4.3.0", "later"), true};
  const RecipientOutcome lost{make_reply(451, "4.4.2", "lost"), false, true};
};

TEST_F(SettlementTest, RecordsForwardedMailByItsTokenForWhomAFailureWouldBeReported) {
  const std::uint64_t commits = db->counters().closures;
  const Attempt forwarded = attempt("jo@c.example");
  settle(forwarded, {taken, taken, busy});
  ASSERT_TRUE(sent().has_value());
  EXPECT_EQ(sent()->sender, forwarded.message.sender);
  EXPECT_EQ(sent()->message, forwarded.message.id);
  ASSERT_EQ(sent()->recipients.size(), 1u);
  EXPECT_EQ(sent()->recipients.front().mailbox, mailbox("bob@b.example"));
  // The message and its settlement.
  EXPECT_EQ(db->counters().closures, commits + 2);
}

TEST_F(SettlementTest, RecordsNothingOfOurOwnSenders) {
  settle(attempt("jo@a.example"), {taken, taken, taken});
  EXPECT_FALSE(sent().has_value());
}

TEST_F(SettlementTest, RecordsNothingThatNobodyTook) {
  settle(attempt("jo@c.example"), {busy, busy, busy});
  EXPECT_FALSE(sent().has_value());
}

TEST_F(SettlementTest, RecordsWhatWasPerhapsTaken) {
  settle(attempt("jo@c.example"), {lost, lost, lost});
  ASSERT_TRUE(sent().has_value());
  EXPECT_EQ(sent()->recipients.size(), 2u);
  EXPECT_EQ(queue().size(), 1u);
}

TEST_F(SettlementTest, RecordsPeoplesMailThatAPeerHas) {
  const Attempt own = attempt("jo@a.example");
  settle(own, {taken, taken, busy});
  ASSERT_TRUE(sealed().has_value());
  EXPECT_EQ(sealed()->peer, peer.fingerprint());
  EXPECT_EQ(sealed()->message, own.message.id);
  EXPECT_EQ(sealed()->certificates,
            std::vector<std::string>{peer.encryption().certificate.serial_hex()});
  EXPECT_EQ(sealed()->recipients.size(), 2u);
  Attempt again = own;
  again.entry.attempts = 1;
  again.entry.recipients = {own.entry.recipients.back()};
  settle(again, {taken});
  EXPECT_EQ(sealed()->recipients.size(), 3u);
}

TEST_F(SettlementTest, RecordsNoMailThatThePeerRefusedOrThatNobodySent) {
  settle(attempt("jo@a.example"), {busy, busy, busy});
  EXPECT_FALSE(sealed().has_value());
  Attempt report = attempt("jo@a.example");
  report.message.sender.reset();
  settle(report, {taken, taken, taken});
  EXPECT_FALSE(sealed().has_value());
}

TEST_F(SettlementTest, TellsOnceThatMailWaitsForAPeer) {
  Attempt waits = old(attempt("jo@a.example"));
  settle(waits, {busy, busy, busy});
  ASSERT_EQ(reports().size(), 1u);
  const std::string report = reports().front();
  EXPECT_NE(report.find("Subject: Delayed mail"), std::string::npos);
  EXPECT_NE(report.find("bob@b.example\r\nAction: delayed\r\nStatus: 4.4.7"), std::string::npos);
  EXPECT_EQ(report.find("ann@b.example"), std::string::npos) << "NOTIFY=NEVER";
  for (const store::QueueEntry& entry : queue()) {
    if (entry.id == waits.entry.id) waits.entry = entry;
  }
  waits.entry.created -= std::chrono::hours(5);
  EXPECT_TRUE(waits.entry.delay_reported.has_value());
  settle(waits, {busy, busy, busy});
  EXPECT_EQ(reports().size(), 1u);
}

TEST_F(SettlementTest, InClearADelayIsToldToWhoAskedOnly) {
  Attempt waits = old(attempt("jo@a.example"));
  waits.entry.path = store::DeliveryPath::clear;
  waits.seal.reset();
  settle(waits, {busy, busy, busy});
  EXPECT_TRUE(reports().empty());
  Attempt asks = old(attempt("jo@a.example"));
  asks.entry.path = store::DeliveryPath::clear;
  asks.seal.reset();
  asks.entry.recipients[0].notify = {.failure = true, .delay = true};
  settle(asks, {busy, busy, busy});
  EXPECT_EQ(reports().size(), 1u);
}

TEST_F(SettlementTest, TellsOfSuccessWhereNobodyElseWill) {
  Attempt asks = attempt("jo@a.example");
  asks.entry.path = store::DeliveryPath::clear;
  asks.seal.reset();
  asks.entry.recipients[0].notify = {.success = true};
  asks.entry.recipients[2].notify = {.failure = true};
  settle(asks, {taken, taken, taken});
  ASSERT_EQ(reports().size(), 1u);
  EXPECT_NE(reports()[0].find("bob@b.example\r\nAction: relayed\r\nStatus: 2.0.0"),
            std::string::npos);
  EXPECT_EQ(reports()[0].find("eve@b.example"), std::string::npos);
  // Sealed, the peer's node is responsible.
  Attempt sealed = attempt("jo@a.example");
  sealed.entry.recipients[0].notify = {.success = true};
  settle(sealed, {taken, taken, taken});
  EXPECT_EQ(reports().size(), 1u);
}

// A report that cannot be made now must not have delivered mail delivered again.
TEST_F(SettlementTest, DeliversToNobodyAgainWhenAReportHasToWait) {
  const RecipientOutcome refused{make_reply(550, "5.1.1", "no"), true};
  Attempt success = attempt("jo@a.example");
  success.entry.path = store::DeliveryPath::clear;
  success.seal.reset();
  success.entry.recipients[0].notify = {.success = true};
  Attempt failure = attempt("jo@a.example");
  workers.stop();
  settle(success, {taken, taken, taken});
  settle(failure, {taken, taken, refused});
  const auto left = queue();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].id, failure.entry.id);
  ASSERT_EQ(left[0].recipients.size(), 1u);
  EXPECT_EQ(left[0].recipients[0].mailbox, mailbox("eve@b.example"));
}

TEST_F(SettlementTest, CountsWhatBecameOfAMessageOnceItIsCommitted) {
  const RecipientOutcome refused{make_reply(550, "5.1.1", "no"), true};
  settle(attempt("jo@a.example"), {taken, taken, busy});
  settle(attempt("jo@a.example"), {busy, busy, busy});
  // Ann wants no report, so that nothing has to be made of it first.
  settle(attempt("jo@a.example"), {taken, refused, taken});
  EXPECT_EQ(counted(Counted::delivered), 2u);
  EXPECT_EQ(counted(Counted::sealed), 2u);
  EXPECT_EQ(counted(Counted::deferred), 2u);
  EXPECT_EQ(counted(Counted::failed), 1u);
  EXPECT_EQ(counted(Counted::octets_out), 2 * std::string("content").size());
}

}  // namespace
}  // namespace culvert::node
