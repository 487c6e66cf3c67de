#include "node/config/reload.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

Config config_of(const std::string& toml) {
  const ConfigReading reading = parse_config(toml, "/etc/culvert/culvert.toml");
  EXPECT_TRUE(reading.config) << toml;
  return *reading.config;
}

const std::string kNode = "name = 'gate.a.example'\ndomains = ['a.example']\n";

TEST(Reload, KeepsWhatOnlyARestartChangesAndNamesIt) {
  const Config running = config_of("[node]\n" + kNode);
  Config fresh = config_of(
      "[node]\nname = 'gate2.a.example'\ndomains = ['a.example']\ndata_dir = '/else'\n"
      "key_file = 'else.key'\n"
      "[smtp]\nmax_connections = 7\n"
      "[smtp.inside]\nlisten = ['127.0.0.1:7']\n[smtp.outside]\nlisten = ['127.0.0.1:8']\n"
      "[peering]\nlisten = ['127.0.0.1:9']\nurl = 'https://x.example'\n"
      "[dns]\nresolvers = ['127.0.0.1']\ntrust_anchor = 'else'\ninsecure = ['corp']\n[log]\nformat "
      "= 'json'\n");
  EXPECT_EQ(keep_until_restart(fresh, running),
            (std::vector<std::string>{
                "node.name", "node.data_dir", "node.key_file", "smtp.max_connections",
                "smtp.inside.listen", "smtp.outside.listen", "peering.listen", "peering.url",
                "dns.resolvers", "dns.trust_anchor", "dns.insecure", "log.format"}));
  EXPECT_EQ(fresh.node.name, running.node.name);
  EXPECT_EQ(fresh.node.data_dir, running.node.data_dir);
  EXPECT_EQ(fresh.outside.listen, running.outside.listen);
  EXPECT_EQ(fresh.smtp.max_connections, running.smtp.max_connections);
  EXPECT_EQ(fresh.log.format, running.log.format);
  EXPECT_TRUE(keep_until_restart(fresh, running).empty());
}

TEST(Reload, TakesOverEverythingElse) {
  const Config running = config_of("[node]\n" + kNode);
  Config fresh = config_of(
      "[node]\nname = 'gate.a.example'\ndomains = ['a.example', 'a2.example']\n"
      "[smtp]\nmax_message_size = '10MB'\n[smtp.outside]\nnetworks = ['192.0.2.0/24']\n"
      "[delivery]\ninside = 'smtp://127.0.0.1:11'\n[log]\nlevel = 'debug'\n");
  EXPECT_TRUE(keep_until_restart(fresh, running).empty());
  EXPECT_EQ(fresh.node.domains.size(), 2U);
  EXPECT_EQ(fresh.smtp.max_message_bytes, 10'000'000U);
  EXPECT_EQ(fresh.outside.networks.size(), 1U);
  EXPECT_EQ(fresh.delivery.inside.port, 11);
  EXPECT_EQ(fresh.log.level, LogLevel::debug);
}

}  // namespace
}  // namespace culvert::node
