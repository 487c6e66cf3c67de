// Named attack: Tar pit. Peers that never answer do not hold the threads of those that do.
#include "node/peers/talk_lanes.h"

#include <gtest/gtest.h>

#include <future>

#include "crypto/keys/digest.h"

namespace culvert::node {
namespace {

constexpr std::chrono::seconds kPatience{20};

Fingerprint peer(int number) {
  return *Fingerprint::from_bytes(crypto::sha256(as_bytes("peer " + std::to_string(number))));
}

class TarPit : public testing::Test {
 protected:
  ~TarPit() override { release(); }

  // A talk that goes on until `release`.
  void hold(int number) {
    EXPECT_TRUE(lanes_.submit(peer(number), [this](TalkLane) {
      released_.wait();
      return TalkPace::too_slow;
    }));
  }
  void release() {
    if (!std::exchange(is_released_, true)) release_.set_value();
  }
  // The lane in which a talk of that peer ran; nothing if it did not within `patience`.
  std::optional<TalkLane> lane_of(int number, std::chrono::milliseconds patience = kPatience,
                                  TalkPace pace = TalkPace::in_time) {
    auto ran = std::make_shared<std::promise<TalkLane>>();
    auto lane = ran->get_future();
    EXPECT_TRUE(lanes_.submit(peer(number), [ran, pace](TalkLane in) {
      ran->set_value(in);
      return pace;
    }));
    if (lane.wait_for(patience) != std::future_status::ready) return std::nullopt;
    return lane.get();
  }

  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
  bool is_released_ = false;
  TalkLanes lanes_;
};

TEST_F(TarPit, AGoodPeerNeverWaitsBehindUntestedOnes) {
  ASSERT_EQ(lane_of(0), TalkLane::untested);
  for (int i = 1; i <= 100; ++i)
    hold(i);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(lane_of(0), TalkLane::quick);
}

TEST_F(TarPit, SlowPeersHoldOnlyTheirOwnThreads) {
  for (int i = 1; i <= 100; ++i)
    ASSERT_EQ(lane_of(i, kPatience, TalkPace::too_slow), TalkLane::untested);
  for (int i = 1; i <= 100; ++i)
    hold(i);
  // One that is new, and one that is known, while all tar pits wait for threads.
  EXPECT_EQ(lane_of(0), TalkLane::untested);
  EXPECT_EQ(lane_of(0), TalkLane::quick);
}

TEST_F(TarPit, APeerHasOneTalkAtATimeAndNotManyThatWait) {
  hold(1);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < 2 * kMaxTalksOfPeer; ++i)
    taken += lanes_.submit(peer(1), [](TalkLane) { return TalkPace::in_time; }) ? 1 : 0;
  EXPECT_LE(taken, kMaxTalksOfPeer);
  EXPECT_TRUE(lanes_.is_busy(peer(1)));
  EXPECT_FALSE(lanes_.is_busy(peer(2)));
  // Seven more of the eight threads are free.
  for (int i = 2; i <= 8; ++i)
    EXPECT_EQ(lane_of(i), TalkLane::untested);
  release();
}

TEST_F(TarPit, APeerThatAnswersAgainComesBack) {
  ASSERT_EQ(lane_of(1, kPatience, TalkPace::too_slow), TalkLane::untested);
  EXPECT_EQ(lane_of(1), TalkLane::slow);
  EXPECT_EQ(lane_of(1), TalkLane::quick);
}

TEST_F(TarPit, TalksOfAPeerComeInTheirOrder) {
  hold(1);
  std::vector<int> order;
  std::promise<void> last;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(lanes_.submit(peer(1), [&, i](TalkLane) {
      order.push_back(i);
      if (i == 9) last.set_value();
      return TalkPace::in_time;
    }));
  }
  release();
  ASSERT_EQ(last.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

}  // namespace
}  // namespace culvert::node
