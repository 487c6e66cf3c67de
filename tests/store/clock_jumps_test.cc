#include "store/clock_jumps.h"

#include <random>

#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr hours kYear{365 * 24};

TEST(ClockJumps, GiveBackToWhatWasThereWhatTheClockGained) {
  ClockJumps jumps;
  const Time after = kStart + 10 * kYear;
  jumps.note(after, 10 * kYear);
  EXPECT_EQ(jumps.now_for(kStart - hours(1), after + hours(2)), kStart + hours(2));
  // Made after the jump: dated right by the clock that goes now.
  EXPECT_EQ(jumps.now_for(after + hours(1), after + hours(2)), after + hours(2));
  EXPECT_EQ(jumps.now_for_oldest(after + hours(2)), kStart + hours(2));
}

TEST(ClockJumps, EndWhenTheClockIsSetBack) {
  ClockJumps jumps;
  jumps.note(kStart + 10 * kYear, 10 * kYear);
  jumps.note(kStart + hours(1) + 4 * kYear, -6 * kYear);
  EXPECT_EQ(jumps.now_for(kStart, kStart + hours(1) + 4 * kYear), kStart + hours(1));
  jumps.note(kStart + hours(2), -4 * kYear);
  EXPECT_EQ(jumps, ClockJumps());
}

TEST(ClockJumps, AClockThatWasInThePastAndIsSetRightMakesNothingOld) {
  ClockJumps jumps;
  jumps.note(kStart - 10 * kYear, -10 * kYear);
  const Time wrong = kStart - 10 * kYear + hours(1);
  const Time right = kStart + hours(2);
  jumps.note(right, 10 * kYear);
  // Made before, while, and after it was wrong.
  EXPECT_LE(jumps.now_for(kStart, right), kStart + hours(2));
  EXPECT_LE(jumps.now_for(wrong, right), wrong + hours(1));
  EXPECT_EQ(jumps.now_for(right + hours(1), right + hours(3)), right + hours(3));
}

TEST(ClockJumps, AreForgottenWhenSoMuchTimeReallyPassed) {
  ClockJumps jumps;
  jumps.note(kStart + kYear, kYear);
  jumps.note(kStart + 10 * kYear, 9 * kYear);
  jumps.forget_old(kStart + 10 * kYear + kClockJumpAge);
  EXPECT_EQ(jumps.all().size(), 2u);
  jumps.forget_old(kStart + 10 * kYear + kClockJumpAge + seconds(1));
  EXPECT_TRUE(jumps.all().empty());
}

// Whatever a clock does: what is looked at less than five days after it was made is not five days
// old by the reckoning of the jumps, however few of them are kept.
TEST(ClockJumps, NothingLooksOlderThanItIs) {
  std::mt19937 random(1);
  const auto up_to = [&random](std::int64_t most) {
    return seconds(std::uniform_int_distribution<std::int64_t>(0, most)(random));
  };
  constexpr hours kLifetime{5 * 24};
  for (int run = 0; run < 2000; ++run) {
    ClockJumps jumps;
    Time real = kStart, wall = kStart;
    std::vector<std::pair<Time, Time>> made;  // real, wall
    for (int step = 0; step < 60; ++step) {
      made.emplace_back(real, wall);
      const seconds passed = up_to(20'000);
      real += passed;
      wall += passed;
      seconds gained = up_to(run % 2 == 0 ? 3 * 86'400 : 400'000'000);
      if (random() % 2 == 0) gained = -std::min(gained, wall - from_unix(1'000'000));
      if (step % 3 == 0) {
        wall += gained;
        jumps.note(wall, gained);
      }
      for (const auto& [made_real, made_wall] : made) {
        if (real - made_real >= kLifetime) continue;
        ASSERT_LT(jumps.now_for(made_wall, wall), made_wall + kLifetime) << run << " " << step;
      }
    }
    EXPECT_LE(jumps.all().size(), kMaxClockJumps);
  }
}

using ClockRecordTest = StoreFixture;

TEST_F(ClockRecordTest, IsThereAfterARestart) {
  ClockRecord record{kStart, {}};
  record.jumps.note(kStart + kYear, kYear);
  read([](const ReadTransaction& txn) { EXPECT_EQ(find_clock_record(txn), ClockRecord()); });
  write([&](WriteTransaction& txn) { put_clock_record(txn, record); });
  reopen();
  read([&](const ReadTransaction& txn) { EXPECT_EQ(find_clock_record(txn), record); });
}

}  // namespace
}  // namespace culvert::store
