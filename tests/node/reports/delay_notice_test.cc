// Who wrote mail that waits is told once, also if no attempt was made with it.
#include "node/reports/delay_notice.h"

#include <gmock/gmock.h>

#include <future>

#include "node/delivery/settlement.h"
#include "node/smtp/reply.h"
#include "store/trace.h"
#include "store/waiting.h"
#include "tests/node/flow/fixture.h"

namespace culvert::node {
namespace {

using std::chrono::hours;
using store::mailbox;
using testing::HasSubstr;
using testing::Not;

class DelayNoticeTest : public FlowTest {
 protected:
  // Mail to b.example that nobody tried yet.
  store::QueueEntry put(Notify notify = {},
                        store::DeliveryPath path = store::DeliveryPath::tunnel) {
    auto staged = store::stage(*db, "Subject: one\r\n\r\ncontent");
    staged->message.id = store::MessageId::make(clock.now());
    staged->message.received = clock.now();
    store::BodyWriter writer(*db, staged->message.id);
    EXPECT_TRUE(writer.write(as_bytes("Subject: one\r\n\r\ncontent")).ok());
    staged->body = *writer.finish();
    staged->message.body = staged->body.ref();
    store::QueueEntry entry = store::entry_to(staged->message.id, 0, "b.example", clock.now());
    entry.path = path;
    entry.created = clock.now();
    entry.recipients = {{mailbox("bob@b.example"), notify, {}}};
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, staged->message, staged->body, {entry});
                  }).ok());
    messages[entry.id] = staged->message;
    return entry;
  }

  store::QueueEntry stored(const store::EntryId& id) {
    std::optional<store::QueueEntry> found;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    found = store::find_entry(txn, id);
                    return done();
                  }).ok());
    return *found;
  }

  void defer(const store::EntryId& id, std::string reason) {
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    store::defer(txn, id, {clock.now() + std::chrono::seconds(5), reason, {}, {}});
                    return done();
                  }).ok());
  }

  // Rounds until one ends at what is too young.
  void tell() {
    DelayRound round{next, DelayRound::End::limit};
    while (round.end == DelayRound::End::limit) {
      const auto made = tell_delays(context, round.next);
      ASSERT_TRUE(made.ok()) << made.error().text;
      round = *made;
    }
    next = round.next;
  }

  std::optional<store::EntryId> next;
  std::map<store::EntryId, store::Message> messages;
};

TEST_F(DelayNoticeTest, TellsOfEachMailThatWaitsBehindAnotherOnceAndChangesNothingElse) {
  std::vector<store::QueueEntry> waiting;
  for (int i = 0; i < 20; ++i)
    waiting.push_back(put());
  clock.advance(std::chrono::minutes(239));
  defer(waiting.front().id, "connection refused");
  tell();
  EXPECT_TRUE(reports().empty());
  clock.advance(std::chrono::minutes(1));
  tell();
  ASSERT_EQ(reports().size(), 20u);
  for (const std::string& report : reports()) {
    EXPECT_THAT(report, HasSubstr("Action: delayed\r\nStatus: 4.4.7"));
    EXPECT_THAT(report, HasSubstr("not delivered yet; last: connection refused"));
  }
  for (std::size_t i = 1; i < waiting.size(); ++i) {
    store::QueueEntry expected = waiting[i];
    expected.delay_reported = clock.now();
    EXPECT_EQ(stored(waiting[i].id), expected);
  }
  EXPECT_GT(wakes, 0);
  // Neither a later round nor one from the beginning, as after a restart, tells it again.
  clock.advance(hours(1));
  tell();
  next.reset();
  tell();
  EXPECT_EQ(reports().size(), 20u);
}

TEST_F(DelayNoticeTest, TellsWhatCameInLaterWhenItsTimeHasCome) {
  put();
  clock.advance(hours(4));
  tell();
  EXPECT_EQ(reports().size(), 1u);
  put();
  clock.advance(hours(3));
  tell();
  EXPECT_EQ(reports().size(), 1u);
  clock.advance(hours(1));
  tell();
  EXPECT_EQ(reports().size(), 2u);
}

TEST_F(DelayNoticeTest, TellsWhoWantsToKnow) {
  put({.never = true});
  put({.success = true, .failure = true});
  put({}, store::DeliveryPath::clear);
  put({}, store::DeliveryPath::inside);
  clock.advance(hours(5));
  tell();
  EXPECT_TRUE(reports().empty());
  put({.delay = true}, store::DeliveryPath::clear);
  put({.failure = true, .delay = true});
  clock.advance(hours(5));
  tell();
  EXPECT_EQ(reports().size(), 2u);
}

TEST_F(DelayNoticeTest, TellsNothingOfWhatAPersonHoldsNorToNobody) {
  const auto held = put();
  const auto expected = put();
  EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  store::hold(txn, held.id, "by hand");
                  return done();
                }).ok());
  clock.advance(hours(5));
  tell();
  ASSERT_EQ(reports().size(), 1u);
  // Released, it is found by the next pass.
  EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  store::release(txn, held.id, clock.now());
                  return done();
                }).ok());
  next.reset();
  tell();
  EXPECT_EQ(reports().size(), 2u);
}

TEST_F(DelayNoticeTest, GoesOnWhereARoundWasFull) {
  for (std::size_t i = 0; i < kToldAtOnce + 3; ++i)
    put();
  clock.advance(hours(5));
  const std::uint64_t commits = db->counters().closures;
  const auto first = tell_delays(context, {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->end, DelayRound::End::limit);
  std::size_t told = 0;
  for (const store::QueueEntry& entry : queue())
    told += entry.delay_reported.has_value();
  EXPECT_EQ(told, kToldAtOnce);
  const auto second = tell_delays(context, first->next);
  EXPECT_EQ(second->end, DelayRound::End::young);
  EXPECT_EQ(db->counters().closures, commits + 2) << "one commit a round";
}

// It was in hand when it was told: the attempt must not tell again.
TEST_F(DelayNoticeTest, AnAttemptThatWasUnderWayTellsItNoSecondTime) {
  const store::QueueEntry entry = put();
  clock.advance(hours(5));
  const Attempt attempt{entry, messages[entry.id], std::nullopt};
  tell();
  ASSERT_EQ(reports().size(), 1u);
  std::promise<void> settled;
  settle_delivery(context, attempt, {{{make_reply(451, "4.3.0", "later"), true}}, "mx", "", false},
                  [&settled](const Status&) { settled.set_value(); });
  settled.get_future().wait();
  EXPECT_EQ(reports().size(), 1u);
  EXPECT_EQ(stored(entry.id).attempts, 1u);
  EXPECT_TRUE(stored(entry.id).delay_reported.has_value());
}

TEST_F(DelayNoticeTest, NamesNoReasonThatIsNotKnown) {
  put();
  clock.advance(hours(5));
  tell();
  ASSERT_EQ(reports().size(), 1u);
  EXPECT_THAT(reports().front(), HasSubstr("not delivered yet"));
  EXPECT_THAT(reports().front(), Not(HasSubstr("last:")));
}

}  // namespace
}  // namespace culvert::node
