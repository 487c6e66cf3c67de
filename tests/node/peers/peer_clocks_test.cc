// How far a peer's clock is from ours.
#include "node/peers/peer_clocks.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

const Time kNow = from_unix(1'800'000'000);
const Fingerprint kPeer;

TEST(PeerClocks, TellWhatChangedOnce) {
  using std::chrono::seconds;
  PeerClocks clocks;
  EXPECT_TRUE(clocks.take_changes().empty());
  clocks.note(kPeer, kNow + seconds(300), kNow);
  EXPECT_EQ(clocks.take_changes(), (PeerClocks::Changes{{kPeer, seconds(300)}}));
  clocks.note(kPeer, kNow + seconds(310), kNow);
  EXPECT_TRUE(clocks.take_changes().empty()) << "what an exchange takes is no change";
  clocks.note(kPeer, kNow, kNow);
  EXPECT_EQ(clocks.take_changes(), (PeerClocks::Changes{{kPeer, seconds(0)}}));
}

TEST(PeerClocks, ADifferenceIsToldInWords) {
  EXPECT_EQ(clock_difference_text(std::chrono::minutes(7)), "7 min ahead of");
  EXPECT_EQ(clock_difference_text(-std::chrono::minutes(185)), "3 h 5 min behind");
}

}  // namespace
}  // namespace culvert::node
