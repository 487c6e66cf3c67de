#include "node/net/name_waits.h"

#include <gtest/gtest.h>

#include <vector>

namespace culvert::node {
namespace {

using namespace std::chrono_literals;

class NameWaiting : public ::testing::Test {
 protected:
  NameWaits::Wait begin(const std::string& client) {
    return waits.begin(*IpAddress::parse(client), now);
  }
  std::chrono::milliseconds patience_of(const std::string& client) {
    return begin(client).at_most(5s);
  }

  NameWaits waits;
  SteadyTime now{};
};

TEST_F(NameWaiting, LetsAFewWaitForLongAndAllOthersAMoment) {
  std::vector<NameWaits::Wait> all;
  for (std::size_t i = 0; i < kMaxLongNameWaits; ++i) {
    all.push_back(begin("192.0.2." + std::to_string(i)));
    EXPECT_EQ(all.back().at_most(5s), 5s);
  }
  EXPECT_EQ(patience_of("198.51.100.1"), kShortNameWait);
  EXPECT_EQ(begin("198.51.100.1").at_most(50ms), 50ms);
  all.pop_back();
  EXPECT_EQ(patience_of("198.51.100.1"), 5s);
  EXPECT_EQ(patience_of("198.51.100.1"), 5s) << "the one before is over";
}

TEST_F(NameWaiting, RemembersForAWhileWhereTheDnsWasLate) {
  begin("192.0.2.7").was_late(now);
  begin("2001:db8:1::7").was_late(now);
  for (const char* near : {"192.0.2.7", "192.0.2.200", "2001:db8:1:ffff::1"})
    EXPECT_EQ(patience_of(near), kShortNameWait) << near;
  for (const char* far : {"192.0.3.7", "2001:db8:2::7"})
    EXPECT_EQ(patience_of(far), 5s) << far;
  now += kLateNetworkKept;
  EXPECT_EQ(patience_of("192.0.2.7"), 5s);
}

TEST_F(NameWaiting, RemembersABoundedNumberOfNetworks) {
  const auto late = [&](std::size_t i) {
    const std::string client =
        "10." + std::to_string(i / 256) + '.' + std::to_string(i % 256) + ".1";
    begin(client).was_late(now);
    return client;
  };
  std::string last;
  for (std::size_t i = 0; i <= kMaxLateNetworks; ++i)
    last = late(i);
  EXPECT_EQ(patience_of(last), 5s) << "one too many";
  now += kLateNetworkKept;
  last = late(kMaxLateNetworks);
  EXPECT_EQ(patience_of(last), kShortNameWait) << "the others are forgotten";
}

}  // namespace
}  // namespace culvert::node
