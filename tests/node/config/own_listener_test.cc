// A next hop that leads to the node itself, by whatever name.
#include "node/config/own_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culvert::node {
namespace {

using testing::HasSubstr;

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

class OwnListenerTest : public testing::Test {
 protected:
  // The key of the listener to which a hop leads, or nothing.
  std::string led_to(const std::string& url) const {
    const auto found = own_listener_of(config, *parse_next_hop(url), machine);
    return found ? found->key : "";
  }

  Config config{.file = {},
                .node = {.name = *Domain::parse("gate.a.example"),
                         .domains = {*Domain::parse("a.example")},
                         .data_dir = {},
                         .key_file = {}}};
  ThisMachine machine{{ip("127.0.0.1"), ip("192.0.2.7"), ip("2001:db8::7")},
                      "host7",
                      parse_hosts_file("127.0.0.1 localhost\n127.0.1.1\tHost7.corp host7\n"
                                       "192.0.2.7 mail.a.example. # here\n"
                                       "192.0.2.9 other.a.example\n"
                                       "fe80::1%eth0 near\nnonsense here\n#127.0.0.1 not\n")};
};

TEST_F(OwnListenerTest, AListenerOnAllAddressesIsOnThoseOfTheMachine) {
  config.outside.listen = {*SocketAddress::parse("0.0.0.0:25")};
  for (const char* own :
       {"smtp://192.0.2.7", "smtp://127.0.0.1", "smtp://127.8.8.8", "smtp://0.0.0.0",
        "smtp://localhost", "smtp://x.localhost", "smtp://host7", "smtp://HOST7.corp",
        "smtp://gate.a.example", "smtp://mail.a.example"}) {
    EXPECT_EQ(led_to(own), "smtp.outside.listen") << own;
  }
  for (const char* other : {"smtp://192.0.2.7:26", "smtp://192.0.2.9", "smtp://other.a.example",
                            "smtp://b.example", "smtp://not", "smtp://[2001:db8::7]"}) {
    EXPECT_EQ(led_to(other), "") << other;
  }
  config.outside.listen = {*SocketAddress::parse("[::]:25")};
  EXPECT_EQ(led_to("smtp://[2001:db8::7]"), "smtp.outside.listen");
  EXPECT_EQ(led_to("smtp://[::]"), "smtp.outside.listen");
  EXPECT_EQ(led_to("smtp://192.0.2.7"), "");
}

TEST_F(OwnListenerTest, AnAddressThatMeansAllLeadsToLoopback) {
  config.outside.listen = {};
  config.inside.listen = {*SocketAddress::parse("127.0.0.1:25"), *SocketAddress::parse("[::1]:26")};
  EXPECT_EQ(led_to("smtp://0.0.0.0"), "smtp.inside.listen");
  EXPECT_EQ(led_to("smtp://[::]:26"), "smtp.inside.listen");
  EXPECT_EQ(led_to("smtp://192.0.2.7"), "");
  EXPECT_EQ(led_to("smtp://host7"), "") << "127.0.1.1, where another server may be";
}

TEST_F(OwnListenerTest, ANameLeadsWhereTheHostsFileSays) {
  config.outside.listen = {*SocketAddress::parse("192.0.2.7:25")};
  EXPECT_EQ(led_to("smtp://mail.a.example"), "smtp.outside.listen");
  EXPECT_EQ(led_to("smtp://other.a.example"), "");
  EXPECT_EQ(led_to("smtp://localhost"), "");
}

TEST_F(OwnListenerTest, ThePeeringPortIsOursAndTakesNoMail) {
  config.peering.listen = {*SocketAddress::parse("0.0.0.0:8443")};
  const auto found = own_listener_of(config, *parse_next_hop("smtps://192.0.2.7:8443"), machine);
  ASSERT_TRUE(found);
  EXPECT_THAT(own_listener_text(*found),
              HasSubstr("0.0.0.0:8443 (peering.listen), which takes no"));
}

TEST_F(OwnListenerTest, PortsThatTheSystemChoosesAreNobodys) {
  config.outside.listen = {*SocketAddress::parse("0.0.0.0:0")};
  EXPECT_EQ(led_to("smtp://127.0.0.1:25"), "");
}

TEST(ThisMachine, HasLoopbackAmongItsAddresses) {
  EXPECT_THAT(this_machine().addresses, testing::Contains(ip("127.0.0.1")));
}

// What `check` says of this very machine.
TEST(ThisMachine, IsNoMailServerBehindAListenerOnAllAddresses) {
  for (const IpAddress& address : machine_addresses()) {
    const std::string host = address.is_v4() ? address.text() : "[" + address.text() + "]";
    const auto reading = parse_config(
        "[node]\nname='gate.a.example'\ndomains=['a.example']\n[delivery]\ninside='smtp://" + host +
            ":25'\n",
        "/etc/c/culvert.toml");
    ASSERT_FALSE(reading.findings.empty()) << host;
    EXPECT_THAT(reading.findings[0].message(), HasSubstr("is this node's own listener")) << host;
  }
}

}  // namespace
}  // namespace culvert::node
