#include "node/net/connection_limit.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace culvert::node {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

using Refusal = ConnectionLimit::Refusal;

TEST(ConnectionLimit, GivesSoManyPlacesAndTakesThemBack) {
  ConnectionLimit limit(2);
  auto first = limit.take(ip("192.0.2.1"));
  std::optional second = limit.take(ip("192.0.2.1"));
  EXPECT_TRUE(first && *second);
  const auto third = limit.take(ip("192.0.2.2"));
  EXPECT_FALSE(third);
  EXPECT_EQ(third.refusal(), Refusal::full);
  EXPECT_EQ(limit.open(), 2U);
  second.reset();
  EXPECT_TRUE(limit.take(ip("192.0.2.2")));
  EXPECT_EQ(limit.open(), 1U);
}

TEST(ConnectionLimit, ASeatThatMovesIsGivenBackOnce) {
  ConnectionLimit limit(1, {.most = 1});
  {
    auto seat = limit.take(ip("192.0.2.1"));
    ConnectionLimit::Seat kept;
    kept = std::move(seat);
    const ConnectionLimit::Seat last(std::move(kept));
    EXPECT_TRUE(last);
    EXPECT_EQ(limit.open(), 1U);
  }
  EXPECT_EQ(limit.open(), 0U);
  EXPECT_TRUE(limit.take(ip("192.0.2.1")));
}

TEST(ConnectionLimit, KeepsPlacesForTheOtherListener) {
  ConnectionLimit all(3);
  ConnectionLimit outside(2, {}, &all);
  std::vector<ConnectionLimit::Seat> seats;
  seats.push_back(outside.take(ip("192.0.2.1")));
  seats.push_back(outside.take(ip("192.0.2.2")));
  EXPECT_FALSE(outside.take(ip("192.0.2.3")));
  EXPECT_EQ(all.open(), 2U);
  seats.push_back(all.take(ip("10.0.0.1")));
  EXPECT_TRUE(seats.back());
  seats.clear();
  EXPECT_EQ(all.open(), 0U);
  EXPECT_EQ(outside.open(), 0U);
}

TEST(ConnectionLimit, TheLimitAroundItHoldsToo) {
  ConnectionLimit all(1);
  ConnectionLimit outside(5, {}, &all);
  const auto inside = all.take(ip("10.0.0.1"));
  EXPECT_EQ(outside.take(ip("192.0.2.1")).refusal(), Refusal::full);
  EXPECT_EQ(outside.open(), 0U);
}

TEST(ConnectionLimit, OneAddressTakesItsShareOnly) {
  ConnectionLimit limit(10, {.most = 2});
  auto first = limit.take(ip("192.0.2.1"));
  std::optional second = limit.take(ip("192.0.2.1"));
  const auto third = limit.take(ip("192.0.2.1"));
  EXPECT_FALSE(third);
  EXPECT_EQ(third.refusal(), Refusal::share);
  EXPECT_EQ(limit.open(), 2U) << "a refused connection has no place";
  EXPECT_TRUE(limit.take(ip("192.0.2.2")));
  second.reset();
  EXPECT_TRUE(limit.take(ip("192.0.2.1")));
}

TEST(ConnectionLimit, AnIpv6HostIsItsWholeNetwork) {
  ConnectionLimit limit(10, {.most = 1});
  const auto first = limit.take(ip("2001:db8:1:2::1"));
  EXPECT_FALSE(limit.take(ip("2001:db8:1:2:ffff:1:2:3")));
  EXPECT_TRUE(limit.take(ip("2001:db8:1:3::1")));
  EXPECT_TRUE(limit.take(ip("2001:db8::1")));
}

TEST(ConnectionLimit, WhoIsExemptTakesWhatThereIs) {
  bool exempt = true;
  ConnectionLimit limit(3, {.most = 1, .is_exempt = [&exempt](const IpAddress& client) {
                              return exempt && client == ip("192.0.2.1");
                            }});
  std::vector<ConnectionLimit::Seat> seats;
  for (int i = 0; i < 3; ++i)
    seats.push_back(limit.take(ip("192.0.2.1")));
  EXPECT_TRUE(seats.back());
  EXPECT_EQ(limit.take(ip("192.0.2.1")).refusal(), Refusal::full);
  // Who is exempt no more has taken its share and more.
  exempt = false;
  seats.pop_back();
  EXPECT_EQ(limit.take(ip("192.0.2.1")).refusal(), Refusal::share);
}

// Named attack: One address, from many: strangers cannot take what is kept.
TEST(ConnectionLimit, KeepsPlacesForWhoIsKnown) {
  ConnectionLimit limit(10, {.most = 4}, nullptr,
                        {.count = 3, .standing = [](const IpAddress& client) {
                           return client == ip("192.0.2.9") ? Standing::known : Standing::stranger;
                         }});
  std::vector<ConnectionLimit::Seat> seats;
  for (int i = 0; i < 20; ++i)
    seats.push_back(limit.take(ip("198." + std::to_string(i) + ".100.1")));
  EXPECT_EQ(limit.open(), 7U);
  EXPECT_EQ(seats.back().refusal(), Refusal::full);
  for (int i = 0; i < 3; ++i)
    seats.push_back(limit.take(ip("192.0.2.9")));
  EXPECT_TRUE(seats.back());
  // What is kept is not more than there is, and a share holds for everybody.
  EXPECT_EQ(limit.take(ip("192.0.2.9")).refusal(), Refusal::full);
  seats.erase(seats.begin(), seats.begin() + 7);
  seats.push_back(limit.take(ip("192.0.2.9")));
  EXPECT_EQ(limit.take(ip("192.0.2.9")).refusal(), Refusal::share);
}

TEST(ConnectionLimit, WhatIsKeptIsNotTakenFromStrangersByWhoIsKnown) {
  ConnectionLimit limit(10, {.most = 20}, nullptr,
                        {.count = 3, .standing = [](const IpAddress& client) {
                           return client == ip("192.0.2.9") ? Standing::known : Standing::stranger;
                         }});
  std::vector<ConnectionLimit::Seat> known;
  for (int i = 0; i < 3; ++i)
    known.push_back(limit.take(ip("192.0.2.9")));
  std::vector<ConnectionLimit::Seat> strangers;
  for (int i = 0; i < 8; ++i)
    strangers.push_back(limit.take(ip("198.51.100.1")));
  EXPECT_FALSE(strangers.back());
  EXPECT_EQ(limit.open(), 10U);
  // Who is known takes the others' places as well, as long as they are free.
  strangers.clear();
  for (int i = 0; i < 7; ++i)
    known.push_back(limit.take(ip("192.0.2.9")));
  EXPECT_TRUE(known.back());
  EXPECT_FALSE(limit.take(ip("198.51.100.1")));
}

// Named attack: One address, from many beside a peer's: its network's share is taken, its own is
// not.
TEST(ConnectionLimit, NeighboursOfWhoIsKnownDoNotTakeItsShare) {
  for (const std::string behind : {"", ".1"}) {
    const std::string before = behind.empty() ? "192.0.2." : "192.0.";
    ConnectionLimit limit(140, {.most = 10}, nullptr,
                          {.count = 40, .standing = [](const IpAddress& client) {
                             if (client == ip("192.0.2.9")) return Standing::known;
                             return IpNetwork::parse("192.0.2.0/24")->contains(client)
                                        ? Standing::neighbour
                                        : Standing::stranger;
                           }});
    std::vector<ConnectionLimit::Seat> seats;
    for (int i = 10; i < 110; ++i)
      seats.push_back(limit.take(ip(before + std::to_string(i) + behind)));
    EXPECT_EQ(seats.back().refusal(), Refusal::share) << before;
    EXPECT_LE(limit.open(), 40U);
    for (int i = 0; i < 10; ++i)
      seats.push_back(limit.take(ip("192.0.2.9")));
    EXPECT_TRUE(seats.back()) << before;
    EXPECT_EQ(limit.take(ip("192.0.2.9")).refusal(), Refusal::share);
  }
}

// Named attack: One address, from many: a customer's network, and a provider's, are one source.
TEST(ConnectionLimit, WhoHasManyAddressesTakesTheShareOfTheirNetwork) {
  struct Case {
    std::string before;  // of the number that changes
    std::string behind;
    std::string network;
    std::size_t most;
  };
  for (const Case& c : std::vector<Case>{{"192.0.2.", "", "192.0.2.0/24", 20},
                                         {"198.51.", ".7", "198.51.0.0/16", 40},
                                         {"2001:db8:1:", "::1", "2001:db8:1::/48", 20},
                                         {"2001:db8:", ":1::1", "2001:db8::/32", 40}}) {
    ConnectionLimit limit(140, {.most = 10});
    std::vector<ConnectionLimit::Seat> seats;
    for (int i = 0; i < 100; ++i)
      seats.push_back(limit.take(ip(c.before + std::to_string(i) + c.behind)));
    EXPECT_EQ(limit.open(), c.most) << c.network;
    EXPECT_EQ(seats.back().refusal(), Refusal::share);
    EXPECT_EQ(seats.back().network().text(), c.network);
    EXPECT_TRUE(limit.take(ip("203.0.113.1")));
    EXPECT_TRUE(limit.take(ip("2001:db9::1")));
    // What is given back is there again, in every network around.
    seats.clear();
    EXPECT_EQ(limit.open(), 0U);
    EXPECT_EQ(limit.weight(ip(c.before + "0" + c.behind)), 0U);
    EXPECT_TRUE(limit.take(ip(c.before + "0" + c.behind)));
  }
}

TEST(ConnectionLimit, WeighsWhoIsNearestToAShare) {
  ConnectionLimit limit(
      140, {.most = 10, .is_exempt = [](const IpAddress& client) { return client.is_loopback(); }});
  std::vector<ConnectionLimit::Seat> seats;
  for (int i = 0; i < 5; ++i)
    seats.push_back(limit.take(ip("192.0.2.1")));
  for (int i = 0; i < 12; ++i)
    seats.push_back(limit.take(ip("198.51.100." + std::to_string(i))));
  for (int i = 0; i < 12; ++i)
    seats.push_back(limit.take(ip("203.0." + std::to_string(i) + ".1")));
  for (int i = 0; i < 30; ++i)
    seats.push_back(limit.take(ip("127.0.0.1")));
  // Half of an address's, six tenths of a network's, three tenths of a provider's.
  EXPECT_GT(limit.weight(ip("198.51.100.1")), limit.weight(ip("192.0.2.1")));
  EXPECT_GT(limit.weight(ip("192.0.2.1")), limit.weight(ip("203.0.1.1")));
  EXPECT_GT(limit.weight(ip("203.0.1.1")), limit.weight(ip("127.0.0.1")));
  EXPECT_EQ(limit.weight(ip("192.0.2.1")), limit.weight(ip("192.0.2.2")) * 2)
      << "a neighbour has what their network has";
  EXPECT_EQ(limit.weight(ip("127.0.0.1")), 0U);
}

}  // namespace
}  // namespace culvert::node
