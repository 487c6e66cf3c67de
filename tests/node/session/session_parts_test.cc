#include <gtest/gtest.h>

#include <csignal>

#include "node/session/client_clock.h"
#include "node/session/hop_attempts.h"
#include "node/session/pending_answer.h"
#include "node/session/server_clock.h"

namespace culvert::node {
namespace {

using namespace std::chrono_literals;
using Waits = ServerClock::Waits;
using Pause = ServerClock::Pause;
using std::chrono::milliseconds;

constexpr TimeLimits kNoLimits{};

class ServerClockTest : public ::testing::Test {
 protected:
  std::optional<TimeLimits> wait_for(Waits waits, std::uint64_t progress) {
    session_.progress = progress;
    return clock_.wait_for(waits, session_, now_);
  }

  ServerPatience patience_{
      .body_grace = 600s, .least_body_bytes_per_second = 100, .idle_pause = 30s, .pause = 5s};
  ServerClock clock_{patience_};
  ServerClock::Session session_{.progress = 0, .body_bytes = 0, .patience = 300s};
  SteadyTime now_{};
};

TEST_F(ServerClockTest, ACommandHasItsTimeHoweverSlowlyItsOctetsCome) {
  EXPECT_EQ(wait_for(Waits::command, 1), (TimeLimits{300s, 0ms}));
  now_ += 100s;
  EXPECT_EQ(wait_for(Waits::command, 1), std::nullopt);
  EXPECT_EQ(wait_for(Waits::command, 2), (TimeLimits{300s, 0ms}));
}

TEST_F(ServerClockTest, WhatTheNodeTakesItsTimeForCostsTheClientNothing) {
  EXPECT_TRUE(wait_for(Waits::command, 1));
  EXPECT_EQ(wait_for(Waits::nothing, 1), kNoLimits);
  EXPECT_EQ(clock_.gives_way_since(Pause::within_one, session_, now_ + 1h), std::nullopt);
  EXPECT_EQ(wait_for(Waits::command, 1), (TimeLimits{300s, 0ms}));
}

TEST_F(ServerClockTest, ABodyMustMoveAndItsRateIsLookedAt) {
  EXPECT_EQ(wait_for(Waits::body, 3), (TimeLimits{600s, 300s}));
  now_ += 600s;
  session_.body_bytes = 600 * 100;
  EXPECT_EQ(clock_.timed_out(session_, now_), (TimeLimits{60s, 300s}));
  now_ += 60s;
  EXPECT_EQ(clock_.timed_out(session_, now_), std::nullopt);
}

// Named attack: Slow clients. A pause for our own sake is no new body.
TEST_F(ServerClockTest, ABodyKeepsItsBeginningOverAPause) {
  EXPECT_TRUE(wait_for(Waits::body, 3));
  now_ += 200s;
  EXPECT_EQ(wait_for(Waits::nothing, 3), kNoLimits);
  now_ += 100s;
  EXPECT_EQ(wait_for(Waits::body, 3), (TimeLimits{300s, 300s}));
  EXPECT_EQ(wait_for(Waits::nothing, 4), kNoLimits);
  EXPECT_EQ(wait_for(Waits::body, 4), (TimeLimits{600s, 300s}));
}

TEST_F(ServerClockTest, ASilentBodyHasNoSecondChance) {
  EXPECT_TRUE(wait_for(Waits::body, 3));
  session_.body_bytes = 1'000'000;
  now_ += 300s;  // its idle limit
  EXPECT_EQ(clock_.timed_out(session_, now_), std::nullopt);
}

TEST_F(ServerClockTest, GivesWayAfterTheLongestHonestPause) {
  EXPECT_TRUE(wait_for(Waits::command, 1));
  EXPECT_EQ(clock_.gives_way_since(Pause::within_one, session_, now_ + 4s), std::nullopt);
  EXPECT_EQ(clock_.gives_way_since(Pause::within_one, session_, now_ + 5s), now_);
  EXPECT_EQ(clock_.gives_way_since(Pause::between_messages, session_, now_ + 29s), std::nullopt);
  EXPECT_EQ(clock_.gives_way_since(Pause::between_messages, session_, now_ + 30s), now_);
  EXPECT_TRUE(wait_for(Waits::body, 2));
  EXPECT_EQ(clock_.gives_way_since(Pause::within_one, session_, now_ + 6s), now_);
  session_.body_bytes = 600;
  EXPECT_EQ(clock_.gives_way_since(Pause::within_one, session_, now_ + 6s), std::nullopt);
}

TEST(ClientClock, AReplyHasItsTimeHoweverSlowlyItsOctetsCome) {
  ClientClock clock;
  EXPECT_EQ(clock.state(), std::nullopt);
  EXPECT_EQ(clock.wait_in(ClientState::envelope, 1, 300s), (TimeLimits{300s, 0ms}));
  EXPECT_EQ(clock.wait_in(ClientState::envelope, 1, 300s), std::nullopt);
  EXPECT_EQ(clock.wait_in(ClientState::envelope, 2, 300s), (TimeLimits{300s, 0ms}));
  EXPECT_EQ(clock.wait_in(ClientState::body, 2, 180s), (TimeLimits{0ms, 180s}));
  EXPECT_EQ(clock.state(), ClientState::body);
}

TEST(PendingAnswer, TakesOneAnswerToThePresentQuestion) {
  PendingAnswer<int> answer;
  EXPECT_TRUE(answer.is_idle());
  const auto first = answer.ask();
  EXPECT_FALSE(answer.is_idle());
  EXPECT_EQ(answer.take(), std::nullopt);
  EXPECT_FALSE(answer.answer(first + 1, 7));
  EXPECT_TRUE(answer.answer(first, 7));
  EXPECT_FALSE(answer.answer(first, 8));
  EXPECT_EQ(answer.take(), 7);
  EXPECT_TRUE(answer.is_idle());
  const auto second = answer.ask();
  EXPECT_FALSE(answer.answer(first, 9)) << "a late answer to the first";
  EXPECT_TRUE(answer.answer(second, 10));
}

TEST(PendingAnswerDeathTest, AsksOneQuestionAtATime) {
  PendingAnswer<int> answer;
  (void)answer.ask();
  EXPECT_EXIT((void)answer.ask(), testing::KilledBySignal(SIGABRT), "");
}

using Again = HopAttempts::Again;

TEST(HopAttempts, GoesThroughTheAddressesOnce) {
  HopAttempts attempts(3, TlsUse::opportunistic);
  EXPECT_EQ(attempts.after({}), Again::next_address);
  EXPECT_EQ(attempts.after({}), Again::next_address);
  EXPECT_EQ(attempts.address(), 2U);
  EXPECT_EQ(attempts.after({}), Again::no);
}

// What one server was given in part is not given to another: the first may have taken it.
TEST(HopAttempts, LeavesNoServerOnceAMessageWasBegun) {
  HopAttempts attempts(3, TlsUse::opportunistic);
  EXPECT_EQ(attempts.after({.has_envelope = true, .is_before_body = true}), Again::no);
  EXPECT_EQ(attempts.after({.messages = 1, .has_envelope = true}), Again::no);
}

TEST(HopAttempts, AConnectionThatWasKeptMayTurnOutToBeDead) {
  HopAttempts attempts(1, TlsUse::required);
  EXPECT_EQ(attempts.after({.messages = 2}), Again::same_address);
  EXPECT_EQ(attempts.after({.messages = 2, .has_envelope = true, .is_before_body = true}),
            Again::same_address);
  EXPECT_EQ(attempts.address(), 0U);
}

TEST(HopAttempts, GoesOnWithoutTlsOnlyWhereNobodyDemandsIt) {
  HopAttempts opportunistic(2, TlsUse::opportunistic);
  EXPECT_EQ(opportunistic.after({.in_handshake = true}), Again::without_tls);
  EXPECT_EQ(opportunistic.tls(), TlsUse::never);
  EXPECT_EQ(opportunistic.address(), 0U);
  EXPECT_EQ(opportunistic.after({}), Again::next_address);
  EXPECT_EQ(opportunistic.tls(), TlsUse::opportunistic) << "the next server gets its own chance";
  for (const TlsUse demanded : {TlsUse::required, TlsUse::established}) {
    HopAttempts attempts(1, demanded);
    EXPECT_EQ(attempts.after({.in_handshake = true}), Again::no);
    EXPECT_EQ(attempts.tls(), demanded);
  }
}

}  // namespace
}  // namespace culvert::node
