// What is planned for an entry that is due, by the rules of that moment, and how it is settled.
#include "node/delivery/attempt.h"

#include <gtest/gtest.h>

#include <future>

#include "node/delivery/settlement.h"
#include "store/damage.h"
#include "tests/node/flow/fixture.h"

namespace culvert::node {
namespace {

class AttemptTest : public FlowTest {
 protected:
  // A message of jo@a.example with one entry to b.example on that path.
  void put(store::DeliveryPath path, const std::vector<std::string>& to) {
    auto staged = store::stage(*db, "Subject: x\r\n\r\nhello\r\n");
    ASSERT_TRUE(staged.ok());
    message = staged->message;
    message.sender = *Mailbox::parse("jo@a.example");
    entry = store::entry_to(message.id, 0, "b.example");
    entry.path = path;
    entry.recipients.clear();
    for (const std::string& address : to)
      entry.recipients.push_back({*Mailbox::parse(address), {}, {}});
    ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, message, staged->body, {entry});
                  }).ok());
  }

  AttemptPlan planned() { return plan_attempt(context, entry, message); }

  // Settles it with that answer for everybody who is attempted.
  void settle(const Attempt& attempt, const Reply& answer) {
    DeliveryReport report;
    report.next_hop = "mx.b.example [192.0.2.1]:25";
    report.outcomes.assign(attempt.entry.recipients.size(), RecipientOutcome{answer, true});
    std::promise<bool> settled;
    settle_delivery(context, attempt, report,
                    [&settled](const Status& status) { settled.set_value(status.ok()); });
    EXPECT_TRUE(settled.get_future().get());
  }

  // The stored report to jo@a.example; empty: there is none.
  std::string report() {
    for (const store::QueueEntry& queued : queue()) {
      if (queued.path == store::DeliveryPath::inside) return stored_body(queued.id.message);
    }
    return {};
  }

  store::Message message;
  store::QueueEntry entry;
};

std::vector<std::string> addresses_in(const store::QueueEntry& entry) {
  std::vector<std::string> out;
  for (const Recipient& r : entry.recipients)
    out.push_back(r.mailbox.text());
  return out;
}

TEST_F(AttemptTest, ANewRuleForOneRecipientDoesNotBounceTheOthersMail) {
  put(store::DeliveryPath::clear, {"jane@b.example", "bob@b.example"});
  rule("user:jane@b.example", "mandatory");
  const AttemptPlan plan = planned();
  const auto* attempt = std::get_if<Attempt>(&plan);
  ASSERT_NE(attempt, nullptr);
  EXPECT_EQ(addresses_in(attempt->entry), std::vector<std::string>{"bob@b.example"});
  settle(*attempt, make_reply(250, "2.0.0", "ok"));
  EXPECT_NE(report().find("Final-Recipient: rfc822; jane@b.example"), std::string::npos);
  EXPECT_NE(report().find("Status: 5.7.10"), std::string::npos);
  EXPECT_EQ(report().find("bob@b.example"), std::string::npos);
  EXPECT_EQ(queue().size(), 1U);
}

TEST_F(AttemptTest, WhoIsRefusedByARuleIsNotTriedAgainWithTheOthers) {
  put(store::DeliveryPath::clear, {"jane@b.example", "bob@b.example"});
  rule("user:jane@b.example", "mandatory");
  const AttemptPlan plan = planned();
  ASSERT_TRUE(std::holds_alternative<Attempt>(plan));
  settle(std::get<Attempt>(plan), make_reply(451, "4.3.0", "later"));
  EXPECT_NE(report().find("jane@b.example"), std::string::npos);
  std::optional<store::QueueEntry> waiting;
  ASSERT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  waiting = store::find_entry(txn, entry.id);
                  return done();
                }).ok());
  ASSERT_TRUE(waiting.has_value());
  EXPECT_EQ(addresses_in(*waiting), std::vector<std::string>{"bob@b.example"});
}

TEST_F(AttemptTest, ComesBackWholeIfARuleRefusesEverybody) {
  put(store::DeliveryPath::clear, {"jane@b.example", "bob@b.example"});
  rule("domain:b.example", "mandatory");
  const AttemptPlan plan = planned();
  ASSERT_TRUE(std::holds_alternative<GiveUp>(plan));
  EXPECT_EQ(std::get<GiveUp>(plan).status, "5.7.10");
}

TEST_F(AttemptTest, AReleasedRoutesMailGoesClearForThoseWhoMayGetIt) {
  put(store::DeliveryPath::tunnel, {"jane@b.example", "bob@b.example"});
  rule("user:jane@b.example", "mandatory");
  const AttemptPlan plan = planned();
  ASSERT_TRUE(std::holds_alternative<Redirect>(plan));
  EXPECT_EQ(std::get<Redirect>(plan).path, store::DeliveryPath::clear);
  rule("user:bob@b.example", "mandatory");
  EXPECT_TRUE(std::holds_alternative<GiveUp>(planned()));
}

// Poisoned disk: once the store was altered where it decides trust, nothing leaves, on any path
// that leads to others, whatever rules and routes seem to say.
TEST_F(AttemptTest, APoisonedDiskHoldsAllMailToOthers) {
  put(store::DeliveryPath::clear, {"jane@b.example"});
  ASSERT_TRUE(std::holds_alternative<Attempt>(planned()));
  ASSERT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  txn.damage().note(store::Table::routes, as_bytes("a record"));
                  return done();
                }).ok());
  for (const auto path : {store::DeliveryPath::clear, store::DeliveryPath::tunnel,
                          store::DeliveryPath::proof, store::DeliveryPath::open}) {
    entry.path = path;
    const AttemptPlan plan = planned();
    ASSERT_TRUE(std::holds_alternative<Postpone>(plan)) << store::path_name(path);
    EXPECT_NE(std::get<Postpone>(plan).reason.find("routes"), std::string::npos);
  }
  entry.path = store::DeliveryPath::inside;
  EXPECT_TRUE(std::holds_alternative<Attempt>(planned()));
}

TEST_F(AttemptTest, ABrokenRecordOfMailHoldsNobodyElses) {
  put(store::DeliveryPath::clear, {"jane@b.example"});
  ASSERT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  for (const auto table : {store::Table::queue, store::Table::messages,
                                           store::Table::trace, store::Table::quarantine}) {
                    txn.damage().note(table, as_bytes("a record"));
                  }
                  return done();
                }).ok());
  EXPECT_TRUE(std::holds_alternative<Attempt>(planned()));
}

}  // namespace
}  // namespace culvert::node
