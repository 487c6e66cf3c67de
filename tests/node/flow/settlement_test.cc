// What is recorded of a delivery, besides its end.
#include "node/flow/settlement.h"

#include <gtest/gtest.h>

#include "node/smtp/reply.h"
#include "peering/tunnel_header.h"
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
    entry.recipients = {{mailbox("bob@b.example"), "", ""},
                        {mailbox("ann@b.example"), "NEVER", ""},
                        {mailbox("eve@b.example"), "", ""}};
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, staged->message, staged->body, {entry});
                  }).ok());
    SealPlan seal{nullptr,
                  peer.fingerprint(),
                  peer.encryption().certificate,
                  config.node.domains,
                  config.node.domains.front(),
                  std::string(kToken),
                  "<x@a.example>"};
    return {entry, staged->message, seal};
  }

  void settle(const Attempt& attempt, std::vector<RecipientOutcome> outcomes) {
    settle_delivery(context, attempt, {std::move(outcomes), "mx", "", false}, [](const Status&) {});
    ASSERT_TRUE(db->write([](store::WriteTransaction&) { return done(); }).ok());
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
  // The message, its settlement, and our own look.
  EXPECT_EQ(db->counters().closures, commits + 3);
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
