// A wall clock that jumps: nothing expires by it, nothing is forgotten, nothing is stuck.
#include "node/flow/clock_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "node/delivery/settlement.h"
#include "node/maintenance.h"
#include "node/smtp/reply.h"
#include "store/seen.h"
#include "store/trace.h"
#include "tests/node/flow/fixture.h"

namespace culvert::node {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr hours kTenYears{10 * 365 * 24};
constexpr hours kFiveDays{5 * 24};

class ClockWatchTest : public FlowTest {
 protected:
  // Mail that waits for b.example since now.
  store::QueueEntry waiting() {
    auto staged = store::stage(*db, "Subject: x\r\n\r\n");
    store::QueueEntry entry = store::entry_to(staged->message.id, 0, "b.example", clock.now());
    entry.created = clock.now();
    entry.expires = clock.now() + kFiveDays;
    entry.recipients.front().notify = {};
    EXPECT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    return store::put_message(txn, staged->message, staged->body, {entry});
                  }).ok());
    return entry;
  }

  // One attempt at it, which comes to nothing; what is left in the queue.
  std::vector<store::QueueEntry> try_once(const store::EntryId& id) {
    std::optional<store::QueueEntry> entry;
    std::optional<store::Message> message;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    entry = store::find_entry(txn, id);
                    message = store::find_message(txn, id.message);
                    return done();
                  }).ok());
    settle_delivery(context, {*entry, *message, {}},
                    {{{make_reply(451, "4.4.1", "nobody there"), false}}, "mx", "", false},
                    [this](const Status&) { settled.set_value(); });
    settled.get_future().wait();
    settled = {};
    return queue();
  }

  bool is_due(const store::EntryId& id) {
    store::DueResult due;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    due = store::scan_due(txn, {.now = clock.now()});
                    return done();
                  }).ok());
    return std::any_of(due.destinations.begin(), due.destinations.end(), [&id](const auto& found) {
      return std::find(found.entries.begin(), found.entries.end(), id) != found.entries.end();
    });
  }

  std::promise<void> settled;
};

TEST_F(ClockWatchTest, AJumpOfTenYearsExpiresNothingAndFiveDaysDo) {
  const store::EntryId id = waiting().id;
  clock.advance(hours(1));
  clock.set_wall(clock.now() + kTenYears);
  ASSERT_EQ(try_once(id).size(), 1u);
  EXPECT_EQ(queue().front().state, store::EntryState::deferred);
  clock.advance(kFiveDays - hours(2));
  ASSERT_EQ(try_once(id).front().id, id);
  clock.advance(hours(2));
  // In its place stands the report.
  ASSERT_EQ(try_once(id).size(), 1u);
  EXPECT_NE(queue().front().id, id);
}

TEST_F(ClockWatchTest, AJumpThatIsTakenBackLeavesNoTrace) {
  const store::EntryId old = waiting().id;
  clock.set_wall(kStart + kTenYears);
  const store::EntryId wrong = waiting().id;
  ASSERT_EQ(try_once(old).size(), 2u);
  clock.advance(hours(1));
  clock.set_wall(kStart + hours(1));
  // Both were put off, or made, in what is now the future.
  EXPECT_TRUE(is_due(old) && is_due(wrong));
  ASSERT_EQ(try_once(old).size(), 2u);
  ASSERT_EQ(try_once(wrong).size(), 2u);
  for (const store::QueueEntry& entry : queue()) {
    EXPECT_LE(entry.created, clock.now() + hours(1)) << entry.id.text();
    EXPECT_LE(entry.expires, clock.now() + kFiveDays + hours(1)) << entry.id.text();
  }
  clock.advance(kFiveDays - hours(1));
  EXPECT_TRUE(has_expired(context, queue().front().id == old ? queue().front() : queue().back()));
}

TEST_F(ClockWatchTest, AClockThatGoesBackStrandsNothing) {
  const store::EntryId id = waiting().id;
  ASSERT_EQ(try_once(id).size(), 1u);
  EXPECT_FALSE(is_due(id));
  clock.set_wall(kStart - kTenYears);
  EXPECT_TRUE(is_due(id));
  ASSERT_EQ(try_once(id).size(), 1u);
  EXPECT_FALSE(is_due(id));
  // Set right again, an hour later.
  clock.advance(hours(1));
  clock.set_wall(kStart + hours(1));
  EXPECT_TRUE(is_due(id));
  ASSERT_EQ(try_once(id).front().id, id);
}

TEST_F(ClockWatchTest, WhatWasTakenUnderAWrongClockSurvivesItsCorrection) {
  clock.set_wall(kStart - kTenYears);
  watch.look();
  const store::EntryId id = waiting().id;
  clock.advance(hours(1));
  clock.set_wall(kStart + hours(1));
  ASSERT_EQ(try_once(id).front().id, id);
}

TEST_F(ClockWatchTest, SmallCorrectionsAreNoJumps) {
  for (int minute = 0; minute < 100; ++minute) {
    clock.advance(seconds(60));
    clock.set_wall(clock.now() + seconds(minute % 2 == 0 ? 40 : -40));
    watch.look();
  }
  EXPECT_TRUE(watch.record().jumps.all().empty());
}

TEST_F(ClockWatchTest, ManySmallStepsInOneDirectionAreOne) {
  for (int i = 0; i < 100; ++i) {
    clock.set_wall(clock.now() + seconds(40));
    watch.look();
  }
  EXPECT_LE(watch.now_for(kStart), kStart + kClockTolerance);
}

TEST_F(ClockWatchTest, ARestartCountsAPlausibleTimeOffAndNoOther) {
  store::ClockRecord stored{kStart, {}};
  ManualClock after_a_night(kStart + hours(10));
  EXPECT_EQ(ClockWatch(after_a_night, stored).now_for(kStart - hours(1)), kStart + hours(10));
  ManualClock after_years(kStart + kTenYears);
  EXPECT_EQ(ClockWatch(after_years, stored).now_for(kStart - hours(1)), kStart);
  ManualClock before(kStart - kTenYears);
  EXPECT_LE(ClockWatch(before, stored).now_for(kStart - hours(1)), kStart);
}

TEST_F(ClockWatchTest, ARestartUnderTheWrongClockKeepsWhatTheLastRunSaw) {
  clock.set_wall(kStart + kTenYears);
  maintain(*db, watch, config.limits.held_peer);
  store::ClockRecord stored;
  ASSERT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                  stored = store::find_clock_record(txn);
                  return done();
                }).ok());
  ManualClock next(kStart + kTenYears + hours(1));
  EXPECT_EQ(ClockWatch(next, stored).now_for(kStart), kStart + hours(1));
}

TEST_F(ClockWatchTest, MaintenanceForgetsNothingBecauseOfAJump) {
  const store::MessageId id = store::MessageId::make(kStart);
  ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                  store::begin_trace(txn, id, {kStart, "received", {}}, {});
                  store::note_seen(txn, store::fingerprint(1), id, store::mailbox("x@a.example"),
                                   kStart);
                  return done();
                }).ok());
  const auto remembered = [&] {
    bool traced = false, seen = false;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    traced = !store::find_trace(txn, id).empty();
                    seen = store::was_seen(txn, store::fingerprint(1), id,
                                           store::mailbox("x@a.example"));
                    return done();
                  }).ok());
    return std::pair(traced, seen);
  };
  const std::pair both(true, true), only_seen(false, true), nothing(false, false);
  clock.set_wall(kStart + kTenYears);
  maintain(*db, watch, config.limits.held_peer);
  EXPECT_EQ(remembered(), both);
  clock.advance(kTraceAge - hours(1));
  maintain(*db, watch, config.limits.held_peer);
  EXPECT_EQ(remembered(), both);
  clock.advance(hours(2));
  maintain(*db, watch, config.limits.held_peer);
  EXPECT_EQ(remembered(), only_seen);
  clock.advance(kSeenRecordAge - kTraceAge);
  maintain(*db, watch, config.limits.held_peer);
  EXPECT_EQ(remembered(), nothing);
}

}  // namespace
}  // namespace culvert::node
