#include "node/net/giving_way.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace culvert::node {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

class GivingWayTest : public testing::Test {
 protected:
  // A connection that has been waiting since then, in seconds.
  struct Waiting {
    std::string client;
    int since;
  };
  void open(const std::string& client, int since) {
    seats_.push_back(limit_.take(ip(client)));
    ASSERT_TRUE(seats_.back());
    waiting_.push_back({client, since});
  }
  // Whose connection a newcomer takes: `address@since`, or nobody's.
  std::string taken_by(const std::string& newcomer) {
    const auto refused = limit_.take(ip(newcomer));
    EXPECT_FALSE(refused);
    GivingWay choice(limit_, ip(newcomer), refused);
    std::string goes = "nobody";
    for (const Waiting& each : waiting_) {
      if (choice.prefers(ip(each.client), SteadyTime(std::chrono::seconds(each.since)))) {
        goes = each.client + "@" + std::to_string(each.since);
      }
    }
    return goes;
  }

  ConnectionLimit limit_{
      6, {.most = 3, .is_exempt = [](const IpAddress& client) { return client.is_loopback(); }}};
  std::vector<ConnectionLimit::Seat> seats_;
  std::vector<Waiting> waiting_;
};

TEST_F(GivingWayTest, TheLargestSourceLosesWhatWaitsLongest) {
  open("192.0.2.1", 1);
  open("198.51.100.1", 5);
  open("198.51.100.1", 4);
  open("203.0.113.1", 2);
  open("198.51.100.1", 6);
  open("203.0.113.1", 3);
  EXPECT_EQ(taken_by("192.0.2.99"), "198.51.100.1@4");
}

TEST_F(GivingWayTest, ANetworkOfManyAddressesIsOneSource) {
  open("192.0.2.1", 1);
  open("192.0.2.1", 2);
  for (int i = 1; i <= 4; ++i)
    open("198.51.100." + std::to_string(i), 10 + i);
  EXPECT_EQ(taken_by("203.0.113.1"), "192.0.2.1@1") << "as much of its share, and waits longer";
  waiting_.erase(waiting_.begin(), waiting_.begin() + 2);
  EXPECT_EQ(taken_by("203.0.113.1"), "198.51.100.1@11");
}

// Named attack: a flood from many connections ends those of who has one.
TEST_F(GivingWayTest, WhoHasMoreTakesNothingFromWhoHasLess) {
  open("192.0.2.1", 1);
  open("198.51.100.1", 2);
  open("198.51.100.1", 3);
  for (int i = 1; i <= 3; ++i)
    open("203.0." + std::to_string(i) + ".1", 4);
  // Its own connections do not wait for it: they are busy.
  std::erase_if(waiting_, [](const Waiting& each) { return each.client == "198.51.100.1"; });
  EXPECT_EQ(taken_by("198.51.100.1"), "nobody");
  EXPECT_EQ(taken_by("198.51.100.2"), "192.0.2.1@1") << "as much of its share as they have";
}

TEST_F(GivingWayTest, AShareIsFreedByItsOwnNetworkOnly) {
  open("192.0.2.1", 1);
  for (int i = 0; i < 3; ++i)
    open("198.51.100.1", 2 + i);
  EXPECT_EQ(taken_by("198.51.100.1"), "198.51.100.1@2");
  std::erase_if(waiting_, [](const Waiting& each) { return each.client == "198.51.100.1"; });
  EXPECT_EQ(taken_by("198.51.100.1"), "nobody");
}

TEST_F(GivingWayTest, AmongWhoIsExemptTheLongestWaitEnds) {
  for (int i = 0; i < 6; ++i)
    open("127.0.0.1", 10 - i);
  EXPECT_EQ(taken_by("127.0.0.1"), "127.0.0.1@5");
  EXPECT_EQ(taken_by("192.0.2.1"), "127.0.0.1@5");
}

TEST_F(GivingWayTest, WithoutAnybodyWhoWaitsNobodyGoes) {
  for (int i = 0; i < 6; ++i)
    open("192." + std::to_string(i) + ".2.1", 1);
  waiting_.clear();
  EXPECT_EQ(taken_by("203.0.113.1"), "nobody");
}

}  // namespace
}  // namespace culvert::node
