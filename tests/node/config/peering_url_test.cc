#include "node/config/peering_url.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

std::string url(const std::string& more, const std::vector<std::string>& bound) {
  const auto reading = parse_config(
      "[node]\nname='gate.a.example'\ndomains=['a.example']\n[peering]\n" + more, "/c.toml");
  std::vector<SocketAddress> addresses;
  for (const std::string& text : bound)
    addresses.push_back(*SocketAddress::parse(text));
  return own_peering_url(reading.config.value(), addresses);
}

TEST(OwnPeeringUrl, IsThatOfTheConfigurationIfSet) {
  EXPECT_EQ(url("url='https://gate.a.example'", {"127.0.0.1:1"}), "https://gate.a.example");
}

TEST(OwnPeeringUrl, NamesTheBoundAddress) {
  EXPECT_EQ(url("", {"127.0.0.1:4011", "127.0.0.2:1"}), "https://127.0.0.1:4011");
  EXPECT_EQ(url("", {"[::1]:4011"}), "https://[::1]:4011");
}

TEST(OwnPeeringUrl, NamesTheNodeForAWildcard) {
  EXPECT_EQ(url("", {"0.0.0.0:8443"}), "https://gate.a.example:8443");
  EXPECT_EQ(url("", {"[::]:8443"}), "https://gate.a.example:8443");
}

TEST(OwnPeeringUrl, IsUnknownBeforeAPortIsBound) {
  EXPECT_EQ(url("", {"127.0.0.1:0"}), "");
  EXPECT_EQ(url("", {}), "");
}

}  // namespace
}  // namespace culvert::node
