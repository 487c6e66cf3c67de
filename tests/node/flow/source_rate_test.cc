#include "node/flow/source_rate.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

constexpr SourceRate::Limits kLimits{.at_once = 10, .a_second = 2};
const SteadyTime kStart{std::chrono::hours(1)};

int taken(SourceRate& rate, const char* client, SteadyTime now) {
  int count = 0;
  while (count < 1000 && rate.take(ip(client), now))
    ++count;
  return count;
}

// Named attack: Filling.
TEST(SourceRate, FillingByOneNetworkEndsAtItsRate) {
  SourceRate rate(kLimits);
  EXPECT_EQ(taken(rate, "192.0.2.1", kStart), 10);
  EXPECT_EQ(taken(rate, "192.0.2.200", kStart), 0) << "the same network";
  EXPECT_EQ(taken(rate, "192.0.3.1", kStart), 10);
  EXPECT_EQ(taken(rate, "192.0.2.1", kStart + std::chrono::seconds(3)), 6);
  EXPECT_EQ(taken(rate, "192.0.2.1", kStart + std::chrono::hours(1)), 10);
  EXPECT_EQ(taken(rate, "2001:db8:1:2::1", kStart), 10);
  EXPECT_EQ(taken(rate, "2001:db8:1:ffff::1", kStart), 0);
}

TEST(SourceRate, RemembersSoManyNetworks) {
  SourceRate rate(kLimits);
  EXPECT_EQ(taken(rate, "192.0.2.1", kStart), 10);
  for (int i = 0; i < 30'000; ++i) {
    const std::string client =
        "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".1";
    EXPECT_TRUE(rate.take(ip(client), kStart));
  }
  EXPECT_LE(rate.sources(), kMaxRatedSources);
  EXPECT_EQ(taken(rate, "192.0.2.1", kStart), 0) << "who had its share is not forgotten";
  // When their shares are whole again there is room for others.
  EXPECT_TRUE(rate.take(ip("192.0.9.1"), kStart + std::chrono::minutes(1)));
  EXPECT_LE(rate.sources(), 10U);
}

}  // namespace
}  // namespace culvert::node
