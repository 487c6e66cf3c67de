#include "node/peers/peer_retries.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

using std::chrono::seconds;

TEST(PeerRetriesTest, WaitsTwiceAsLongAfterEachFailureUpToALimit) {
  PeerRetries retries({.after_success = seconds(60), .first = seconds(10), .longest = seconds(35)});
  const Fingerprint peer{};
  SteadyTime now{seconds(1'000)};
  EXPECT_TRUE(retries.may_try(peer, now));
  for (const int wait : {10, 20, 35, 35}) {
    retries.note(peer, now, false);
    EXPECT_FALSE(retries.may_try(peer, now + seconds(wait - 1))) << wait;
    now += seconds(wait);
    EXPECT_TRUE(retries.may_try(peer, now)) << wait;
  }
  retries.note(peer, now, true);
  EXPECT_FALSE(retries.may_try(peer, now + seconds(59)));
  now += seconds(60);
  retries.note(peer, now, false);
  EXPECT_TRUE(retries.may_try(peer, now + seconds(10))) << "a success begins anew";
}

TEST(PeerRetriesTest, NeverOverflows) {
  PeerRetries retries({.first = seconds(10), .longest = std::chrono::minutes(10)});
  const Fingerprint peer{};
  for (int i = 0; i < 100; ++i)
    retries.note(peer, SteadyTime{}, false);
  EXPECT_TRUE(retries.may_try(peer, SteadyTime{} + std::chrono::minutes(10)));
}

}  // namespace
}  // namespace culvert::node
