#include "node/delivery/client_to_show.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

Config config_with(const std::string& more) {
  const auto reading = parse_config(
      "[node]\nname = \"gate.a.example\"\ndomains = [\"a.example\"]\n" + more, "/etc/c/c.toml");
  if (!reading.config) throw std::runtime_error(reading.findings.front().message());
  return *reading.config;
}

store::Message from(const std::string& client) {
  store::Message message;
  message.listener = store::Listener::outside;
  message.client = client;
  message.client_port = 4711;
  message.client_extended = true;
  return message;
}

std::string shown(const std::string& address, const Config& config) {
  const auto client = client_to_show(from("x [" + address + "]"), config);
  return client ? client->address : "";
}

TEST(ClientToShow, IsWhoeverHandedItInFromOutside) {
  const auto client = client_to_show(from("[192.0.2.7] [192.0.2.7]"), config_with(""));
  EXPECT_EQ(client, (ShownClient{"192.0.2.7", 4711, "[192.0.2.7]", true}));
  EXPECT_EQ(shown("2001:db8::7", config_with("")), "2001:db8::7");
}

TEST(ClientToShow, IsNobodyForMailOfInsideAndOfTheNode) {
  store::Message message = from("x [192.0.2.7]");
  message.listener = store::Listener::inside;
  EXPECT_FALSE(client_to_show(message, config_with("")));
  message.listener = store::Listener::own;
  EXPECT_FALSE(client_to_show(message, config_with("")));
  EXPECT_FALSE(client_to_show(from("this node"), config_with("")));
}

TEST(ClientToShow, IsNeverAnAddressThatServersInsideMayTrust) {
  const Config plain = config_with("");
  for (const char* address : {"10.0.0.1", "172.31.255.1", "192.168.1.1", "169.254.1.1",
                              "100.64.0.1", "fd00::1", "fe80::1", "::ffff:10.0.0.1"}) {
    EXPECT_EQ(shown(address, plain), "") << address;
  }
  const Config own = config_with(
      "[smtp.inside]\nnetworks = [\"198.51.100.0/24\"]\nrequire = \"header: X-Secret: 1\"\n");
  EXPECT_EQ(shown("198.51.100.9", own), "");
  EXPECT_EQ(shown("198.51.101.9", own), "198.51.101.9");
  const Config edge = config_with("[smtp.outside]\nnetworks = [\"203.0.113.5\", \"192.0.2.0/24\"]");
  EXPECT_EQ(shown("203.0.113.5", edge), "");
}

TEST(ClientToShow, IsALoopbackAddressOnlyWhereTheNodeStandsAtOneToo) {
  EXPECT_EQ(shown("127.0.0.9", config_with("")), "127.0.0.9");
  EXPECT_EQ(shown("::1", config_with("[delivery]\ninside = \"smtp://localhost:10026\"")), "::1");
  const Config remote = config_with("[delivery]\ninside = \"smtp://192.0.2.3:10026\"");
  EXPECT_EQ(shown("127.0.0.9", remote), "");
}

}  // namespace
}  // namespace culvert::node
