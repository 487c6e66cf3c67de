#include "node/net/giving_way.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace culvert::node {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

class GivingWayTest : public testing::Test {
 protected:
  // A connection that has been waiting since then, in seconds.
  struct Waiting final : GivesWay {
    void give_way() override { went = true; }
    ConnectionLimit::Seat seat;
    int since = 0;
    bool is_busy = false;
    bool went = false;
  };
  void open(const std::string& client, int since) {
    auto connection = std::make_unique<Waiting>();
    connection->seat = limit_.take(ip(client));
    connection->since = since;
    ASSERT_TRUE(connection->seat);
    waiting_.push_back(std::move(connection));
  }
  void make_busy(std::string_view client) {
    for (const auto& each : waiting_)
      each->is_busy = each->is_busy || each->seat.client() == ip(client);
  }
  // Whose connection a newcomer takes: `address@since`, or nobody's.
  std::string taken_by(const std::string& newcomer) {
    const auto refused = limit_.take(ip(newcomer));
    EXPECT_FALSE(refused);
    GivingWay choice(limit_, refused);
    for (const auto& each : waiting_) {
      each->went = false;
      if (!each->is_busy)
        choice.consider(each->seat, SteadyTime(std::chrono::seconds(each->since)), *each);
    }
    const bool made = choice.make_room();
    std::string goes = "nobody";
    for (const auto& each : waiting_) {
      if (each->went) goes = each->seat.client().text() + "@" + std::to_string(each->since);
    }
    EXPECT_EQ(made, goes != "nobody");
    return goes;
  }

  ConnectionLimit limit_{
      6,
      {.most = 3, .is_exempt = [](const IpAddress& client) { return client.is_loopback(); }},
      nullptr,
      {.count = 0, .standing = [this](const IpAddress& client) {
         return client == known_ ? Standing::known : Standing::stranger;
       }}};
  IpAddress known_;
  std::vector<std::unique_ptr<Waiting>> waiting_;
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
  make_busy("192.0.2.1");
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
  make_busy("198.51.100.1");
  EXPECT_EQ(taken_by("198.51.100.1"), "nobody");
  EXPECT_EQ(taken_by("198.51.100.2"), "192.0.2.1@1") << "as much of its share as they have";
}

TEST_F(GivingWayTest, AShareIsFreedByItsOwnNetworkOnly) {
  open("192.0.2.1", 1);
  for (int i = 0; i < 3; ++i)
    open("198.51.100.1", 2 + i);
  EXPECT_EQ(taken_by("198.51.100.1"), "198.51.100.1@2");
  make_busy("198.51.100.1");
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
  for (int i = 0; i < 6; ++i)
    make_busy("192." + std::to_string(i) + ".2.1");
  EXPECT_EQ(taken_by("203.0.113.1"), "nobody");
}

// Named attack: strangers who find no place end the connections of peers.
TEST_F(GivingWayTest, AStrangerTakesNothingFromWhoIsKnown) {
  known_ = ip("192.0.2.9");
  for (int i = 0; i < 3; ++i)
    open("192.0.2.9", 1);
  for (int i = 1; i <= 3; ++i)
    open("203." + std::to_string(i) + ".0.1", 4);
  EXPECT_EQ(taken_by("198.51.100.1"), "203.1.0.1@4");
  for (int i = 1; i <= 3; ++i)
    make_busy("203." + std::to_string(i) + ".0.1");
  EXPECT_EQ(taken_by("198.51.100.1"), "nobody");
}

}  // namespace
}  // namespace culvert::node
