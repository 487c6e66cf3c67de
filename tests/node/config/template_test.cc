#include "node/config/template.h"

#include <gtest/gtest.h>

#include "node/config/config.h"

namespace culvert::node {
namespace {

std::string written() {
  return config_template({*Domain::parse("gate.a.example"),
                          {*Domain::parse("a.example"), *Domain::parse("sub.a.example")},
                          "/tmp/a \"b\"\\c"});
}

TEST(ConfigTemplate, IsReadWithoutAFinding) {
  const ConfigReading reading = parse_config(written(), "/etc/culvert/culvert.toml");
  for (const Finding& finding : reading.findings)
    ADD_FAILURE() << finding.message();
  ASSERT_TRUE(reading.config);
  EXPECT_EQ(reading.config->node.name.text(), "gate.a.example");
  ASSERT_EQ(reading.config->node.domains.size(), 2U);
  EXPECT_EQ(reading.config->node.data_dir, "/tmp/a \"b\"\\c");
  EXPECT_EQ(reading.config->node.key_file, "/etc/culvert/node.key");
}

// The keys behind `#` claim to be the defaults: taking the mark away must change nothing.
TEST(ConfigTemplate, ShowsTheDefaultsOfTheKeysThatItComments) {
  std::string uncommented;
  std::string text = written();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    if (line.starts_with("# ") && line.find(" = ") != std::string::npos &&
        line.find("b.example") == std::string::npos) {
      line.erase(0, 2);
    }
    uncommented += line + "\n";
    at = end + 1;
  }
  const ConfigReading reading = parse_config(uncommented, "/etc/culvert/culvert.toml");
  for (const Finding& finding : reading.findings)
    ADD_FAILURE() << finding.message();
  ASSERT_TRUE(reading.config);
  const Config& config = *reading.config;
  const ConfigReading plain = parse_config(written(), "/etc/culvert/culvert.toml");
  EXPECT_EQ(config.smtp.max_message_bytes, plain.config->smtp.max_message_bytes);
  EXPECT_EQ(config.smtp.max_connections, plain.config->smtp.max_connections);
  EXPECT_EQ(config.outside.networks, plain.config->outside.networks);
  EXPECT_FALSE(config.inside.required_header);
  EXPECT_EQ(config.peering.url, plain.config->peering.url);
  EXPECT_EQ(config.queue.delay_notice, plain.config->queue.delay_notice);
  EXPECT_EQ(config.limits.held_peer, plain.config->limits.held_peer);
  EXPECT_EQ(config.limits.held_stranger, plain.config->limits.held_stranger);
  EXPECT_EQ(config.trace.keep, plain.config->trace.keep);
  EXPECT_EQ(config.log.level, plain.config->log.level);
}

TEST(ConfigTemplate, NamesTheDefaultsThatTheProgramHas) {
  const ConfigReading reading = parse_config(written(), "/etc/culvert/culvert.toml");
  const ConfigReading bare = parse_config("[node]\nname='gate.a.example'\ndomains=['a.example']\n",
                                          "/etc/culvert/culvert.toml");
  ASSERT_TRUE(reading.config && bare.config);
  EXPECT_EQ(reading.config->inside.listen, bare.config->inside.listen);
  EXPECT_EQ(reading.config->inside.networks, bare.config->inside.networks);
  EXPECT_EQ(reading.config->outside.listen, bare.config->outside.listen);
  EXPECT_EQ(reading.config->delivery.inside, bare.config->delivery.inside);
  EXPECT_EQ(reading.config->delivery.outside, bare.config->delivery.outside);
  EXPECT_EQ(reading.config->peering.listen, bare.config->peering.listen);
}

}  // namespace
}  // namespace culvert::node
