#include "node/config/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culvert::node {
namespace {

TEST(ParseSize, TakesEachUnit) {
  const std::pair<const char*, std::uint64_t> kCases[] = {
      {"0B", 0},           {"1B", 1},      {"2KB", 2000},     {"150MB", 150000000},
      {"1GB", 1000000000}, {"1KiB", 1024}, {"3MiB", 3145728}, {"2GiB", 2147483648},
      {"10 MB", 10000000}};
  for (const auto& [text, bytes] : kCases) {
    const auto size = parse_size(text);
    ASSERT_TRUE(size.ok()) << text;
    EXPECT_EQ(*size, bytes) << text;
  }
}

TEST(ParseSize, RefusesWhatIsNotDigitsAndAUnit) {
  for (const char* text : {"", "150", "MB", "-1MB", "1.5MB", "1mb", "1M", "1 TB", "1MB ", "0x1B",
                           "99999999999999999999B", "9999999999GiB"}) {
    EXPECT_FALSE(parse_size(text).ok()) << text;
  }
}

TEST(ParseDuration, TakesSecondsMinutesHoursAndDays) {
  EXPECT_EQ(*parse_duration("90s"), std::chrono::seconds(90));
  EXPECT_EQ(*parse_duration("5m"), std::chrono::minutes(5));
  EXPECT_EQ(*parse_duration("72h"), std::chrono::hours(72));
  EXPECT_EQ(*parse_duration("14d"), std::chrono::hours(14 * 24));
}

TEST(ParseDuration, RefusesOtherUnitsSumsAndTimesBeyondACentury) {
  for (const char* text : {"", "60", "h", "1h30m", "-1s", "1.5h", "1w", "36526d"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

TEST(ParseListenAddress, TakesNumericAddressesWithPort) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:25")->text(), "127.0.0.1:25");
  EXPECT_EQ(parse_listen_address("[::1]:0")->text(), "[::1]:0");
  EXPECT_EQ(parse_listen_address("[2001:DB8:0::1]:25")->text(), "[2001:db8::1]:25");
}

TEST(ParseListenAddress, RefusesNamesMissingPortsAndBareIpv6) {
  for (const char* text : {"", "25", ":25", "localhost:25", "127.0.0.1", "127.0.0.1:", "::1:25",
                           "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:25 ", "[127.0.0.1]:25",
                           "[::1]", "[::1]25", "[::1]:", "127.1:25", "[::1"}) {
    EXPECT_FALSE(parse_listen_address(text).ok()) << text;
  }
}

TEST(ParseResolver, AddsThePortThatIsMissing) {
  EXPECT_EQ(parse_resolver("192.0.2.1")->text(), "192.0.2.1:53");
  EXPECT_EQ(parse_resolver("2001:db8::1")->text(), "[2001:db8::1]:53");
  EXPECT_EQ(parse_resolver("192.0.2.1:5353")->text(), "192.0.2.1:5353");
  EXPECT_FALSE(parse_resolver("192.0.2.1:0").ok());
  EXPECT_FALSE(parse_resolver("dns.a.example").ok());
}

TEST(ParseNetwork, GivesCanonicalText) {
  EXPECT_EQ(parse_network("10.0.0.0/8")->text(), "10.0.0.0/8");
  EXPECT_EQ(parse_network("192.0.2.7")->text(), "192.0.2.7/32");
  EXPECT_EQ(parse_network("2001:DB8:0:0::/32")->text(), "2001:db8::/32");
  EXPECT_EQ(parse_network("::1")->text(), "::1/128");
  EXPECT_EQ(parse_network("0.0.0.0/0")->text(), "0.0.0.0/0");
}

TEST(ParseNetwork, RefusesHostBitsAndPrefixesBeyondTheAddress) {
  for (const char* text : {"", "10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1",
                           "10/8", "a.example", "10.0.0.0/8/8", "2001:db8::1/64"}) {
    EXPECT_FALSE(parse_network(text).ok()) << text;
  }
}

TEST(IsPublicNetwork, KnowsWhatOthersOnTheInternetUse) {
  for (const char* own : {"127.0.0.0/8", "10.1.0.0/16", "172.16.0.0/12", "192.168.7.0/24",
                          "192.0.2.1/32", "::1/128", "fd00::/8", "2001:db8:1::/48"}) {
    EXPECT_FALSE(is_public_network(*parse_network(own))) << own;
  }
  for (const char* other : {"0.0.0.0/0", "8.8.8.0/24", "172.0.0.0/8", "10.0.0.0/7", "::/0",
                            "2a00::/16", "172.32.0.0/12"}) {
    EXPECT_TRUE(is_public_network(*parse_network(other))) << other;
  }
}

TEST(ParsePeeringUrl, TakesHostAndPortOnly) {
  EXPECT_EQ(*parse_peering_url("https://gate.a.example"), "https://gate.a.example");
  EXPECT_EQ(*parse_peering_url("https://Gate.A.example:8443/"), "https://gate.a.example:8443");
  EXPECT_EQ(*parse_peering_url("https://[::1]:8443"), "https://[::1]:8443");
  for (const char* url : {"", "http://gate.a.example", "https://", "https://gate.a.example/x",
                          "https://u@gate.a.example", "https://gate.a.example:0"}) {
    EXPECT_FALSE(parse_peering_url(url).ok()) << url;
  }
}

TEST(ParseRequiredHeader, SplitsNameAndValue) {
  const auto header = parse_required_header("header: X-Our-Secret:  s3cret: with colon ");
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->name, "X-Our-Secret");
  EXPECT_EQ(header->value, "s3cret: with colon");
}

TEST(ParseRequiredHeader, RefusesAnEmptyNameOrValueAndNeverRepeatsTheSecret) {
  for (const char* text : {"header:", "header: X-Our-Secret", "header: X-Our-Secret:",
                           "header: : value", "header: X Y: value", "X-Our-Secret: value",
                           "header: X-Our-Secret: topsecret\r\nInjected: 1"}) {
    const auto header = parse_required_header(text);
    ASSERT_FALSE(header.ok()) << text;
    EXPECT_THAT(header.error().text, testing::Not(testing::HasSubstr("topsecret")));
  }
}

}  // namespace
}  // namespace culvert::node
