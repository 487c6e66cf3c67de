#include "node/net/network.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

TEST(IpAddress, ReadsOneSpellingOnly) {
  for (const char* good : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "fe80::1"}) {
    const auto address = IpAddress::parse(good);
    ASSERT_TRUE(address.ok()) << good;
    EXPECT_EQ(address->text(), good);
  }
  for (const std::string& bad :
       {std::string("192.0.2"), std::string("192.0.2.256"), std::string("192.0.2.01"),
        std::string("0x7f.0.0.1"), std::string("127.1"), std::string("1.2.3.4 "), std::string(""),
        std::string("1.2.3.4\0", 8), std::string("fe80::1%lo"), std::string("[::1]"),
        std::string(":::1"), std::string(100, '1')}) {
    EXPECT_FALSE(IpAddress::parse(bad).ok()) << bad;
  }
}

TEST(IpAddress, TreatsAMappedAddressAsIpv4) {
  EXPECT_EQ(*IpAddress::parse("::ffff:10.1.2.3"), *IpAddress::parse("10.1.2.3"));
  EXPECT_FALSE(IpAddress::parse("::ffff:127.0.0.1")->is_public());
  EXPECT_TRUE(IpAddress::parse("::ffff:127.0.0.1")->is_loopback());
  EXPECT_TRUE(IpNetwork::parse("10.0.0.0/8")->contains(*IpAddress::parse("::ffff:10.9.9.9")));
}

TEST(IpAddress, KnowsWhatIsNotPublic) {
  for (const char* text : {"0.0.0.0",
                           "10.0.0.1",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.1",
                           "192.0.2.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.7",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "::127.0.0.1",
                           "3fff::1"}) {
    EXPECT_FALSE(IpAddress::parse(text)->is_public()) << text;
  }
  for (const char* text : {"1.1.1.1", "9.255.255.255", "100.63.255.255", "100.128.0.0",
                           "172.15.255.255", "172.32.0.0", "198.17.255.255", "198.20.0.0",
                           "223.255.255.255", "2a00::1", "2600:1::1", "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(IpAddress::parse(text)->is_public()) << text;
  }
}

TEST(IpNetwork, MatchesByPrefix) {
  struct Case {
    const char* network;
    const char* address;
    bool inside;
  };
  for (const Case& c : {Case{"127.0.0.0/8", "127.255.0.1", true},
                        {"127.0.0.0/8", "128.0.0.0", false},
                        {"10.1.2.0/23", "10.1.3.255", true},
                        {"10.1.2.0/23", "10.1.4.0", false},
                        {"192.0.2.7", "192.0.2.7", true},
                        {"192.0.2.7", "192.0.2.8", false},
                        {"0.0.0.0/0", "8.8.8.8", true},
                        {"0.0.0.0/0", "::1", false},
                        {"::1/128", "::1", true},
                        {"2001:db8::/33", "2001:db8:7fff::1", true},
                        {"2001:db8::/33", "2001:db8:8000::1", false},
                        {"::/0", "1.2.3.4", false},
                        {"::ffff:10.0.0.0/104", "10.200.0.1", true}}) {
    const auto network = IpNetwork::parse(c.network);
    ASSERT_TRUE(network.ok()) << c.network;
    EXPECT_EQ(network->contains(*IpAddress::parse(c.address)), c.inside)
        << c.network << " " << c.address;
  }
}

TEST(IpNetwork, RefusesWhatIsNotANetwork) {
  for (const char* bad : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/08",
                          "10.0.0.0/-1", "10.0.0.0/8 ", "::1/129", "::1/64", "::ffff:0.0.0.0/95"}) {
    EXPECT_FALSE(IpNetwork::parse(bad).ok()) << bad;
  }
}

TEST(IpNetwork, IsFoundAroundAnAddress) {
  const auto around = [](std::string_view address, unsigned v4, unsigned v6) {
    return IpNetwork::around(*IpAddress::parse(address), {v4, v6}).text();
  };
  EXPECT_EQ(around("192.0.2.77", 24, 48), "192.0.2.0/24");
  EXPECT_EQ(around("192.0.2.77", 32, 64), "192.0.2.77/32");
  EXPECT_EQ(around("192.0.2.77", 26, 48), "192.0.2.64/26");
  EXPECT_EQ(around("192.0.2.77", 0, 0), "0.0.0.0/0");
  EXPECT_EQ(around("::ffff:192.0.2.77", 24, 48), "192.0.2.0/24");
  EXPECT_EQ(around("2001:db8:1:2:3::4", 24, 48), "2001:db8:1::/48");
  EXPECT_EQ(around("2001:db8:1:ffff::4", 24, 52), "2001:db8:1:f000::/52");
  EXPECT_EQ(around("2001:db8::4", 24, 128), "2001:db8::4/128");
  EXPECT_EQ(IpAddress::parse("2001:db8:1:2:3::4")->as_counted().text(), "2001:db8:1:2::");
  EXPECT_EQ(IpAddress::parse("192.0.2.77")->as_counted().text(), "192.0.2.77");
}

TEST(SocketAddress, ReadsAndWritesBothFamilies) {
  for (const char* good : {"127.0.0.1:25", "0.0.0.0:0", "[::1]:8443", "[2001:db8::1]:65535"}) {
    const auto address = SocketAddress::parse(good);
    ASSERT_TRUE(address.ok()) << good;
    EXPECT_EQ(address->text(), good);
  }
  for (const char* bad : {"", ":25", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                          "::1:25", "[::1]", "[127.0.0.1]:25", "localhost:25", "127.0.0.1:025"}) {
    EXPECT_FALSE(SocketAddress::parse(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace culvert::node
