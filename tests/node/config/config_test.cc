#include "node/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culvert::node {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const char* const kNode = "[node]\nname = \"gate.a.example\"\ndomains = [\"a.example\"]\n";

ConfigReading read(const std::string& toml) { return parse_config(toml, "/etc/c/c.toml"); }

IpNetwork network(std::string_view text) { return *IpNetwork::parse(text); }

// The configuration of the two lines that must be there, and `more`.
Config good(const std::string& more) {
  ConfigReading reading = read(kNode + more);
  for (const Finding& finding : reading.findings)
    ADD_FAILURE() << finding.message();
  return reading.config.value();
}

std::vector<std::string> messages(const std::string& toml) {
  std::vector<std::string> all;
  for (const Finding& finding : read(toml).findings)
    all.push_back(finding.message());
  return all;
}

TEST(Config, HasADefaultForEveryKeyButNameAndDomains) {
  const Config config = good("");
  EXPECT_EQ(config.file, "/etc/c/c.toml");
  EXPECT_EQ(config.node.data_dir, "/var/lib/culvert");
  EXPECT_EQ(config.node.key_file, "/etc/c/node.key");
  EXPECT_EQ(config.smtp.max_message_bytes, 150'000'000U);
  EXPECT_EQ(config.smtp.max_connections, 1000U);
  EXPECT_THAT(config.inside.listen, ElementsAre(*SocketAddress::parse("127.0.0.1:10025"),
                                                *SocketAddress::parse("[::1]:10025")));
  EXPECT_THAT(config.inside.networks, ElementsAre(network("127.0.0.0/8"), network("::1/128")));
  EXPECT_FALSE(config.inside.required_header);
  EXPECT_EQ(config.inside.senders, InsideSettings::Senders::any);
  EXPECT_THAT(config.outside.listen,
              ElementsAre(*SocketAddress::parse("0.0.0.0:25"), *SocketAddress::parse("[::]:25")));
  EXPECT_TRUE(config.outside.networks.empty());
  EXPECT_EQ(config.outside.verify_recipients, OutsideSettings::VerifyRecipients::inside);
  EXPECT_EQ(config.delivery.inside.text(), "smtp://127.0.0.1:10026");
  EXPECT_FALSE(config.delivery.outside);
  EXPECT_THAT(config.peering.listen, ElementsAre(*SocketAddress::parse("0.0.0.0:8443"),
                                                 *SocketAddress::parse("[::]:8443")));
  EXPECT_TRUE(config.peering.url.empty());
  EXPECT_FALSE(config.peering.private_addresses);
  EXPECT_TRUE(config.dns.resolvers.empty());
  EXPECT_EQ(config.dns.validate, DnsSettings::Validate::yes);
  EXPECT_TRUE(config.dns.insecure.empty());
  EXPECT_EQ(config.limits.held_peer, std::chrono::hours(30 * 24));
  EXPECT_EQ(config.limits.held_stranger, std::chrono::hours(14 * 24));
  EXPECT_EQ(config.trace.keep, std::chrono::hours(30 * 24));
  EXPECT_EQ(config.log.level, LogLevel::info);
  EXPECT_EQ(config.log.format, LogFormat::text);
}

TEST(Config, ReadsEveryKeyOfTheNode) {
  const auto reading = read(
      "[node]\nname='Gate.A.Example'\ndomains=['A.example', 'sub.a.example']\n"
      "data_dir='data'\nkey_file='/keys/node.key'\n[store]\nurl='lmdb:'\n");
  ASSERT_TRUE(reading.config);
  EXPECT_EQ(reading.config->node.name.text(), "gate.a.example");
  EXPECT_EQ(reading.config->node.domains.at(0).text(), "a.example");
  EXPECT_EQ(reading.config->node.data_dir, "/etc/c/data");
  EXPECT_EQ(reading.config->node.key_file, "/keys/node.key");
  EXPECT_TRUE(reading.config->serves(*Domain::parse("sub.a.example")));
  EXPECT_FALSE(reading.config->serves(*Domain::parse("other.a.example")));
}

TEST(Config, ReadsEveryKeyOfSmtp) {
  const Config config = good(
      "[smtp]\nmax_message_size='10MiB'\nmax_connections=5\ntls_certificate='t.pem'\n"
      "tls_key='/k.pem'\n[smtp.inside]\nlisten=['127.0.0.1:0','[::1]:0']\n"
      "networks=['10.0.0.0/8']\nrequire='header: X-Our-Secret: abc'\nsenders='domains'\n"
      "[smtp.outside]\nlisten=['0.0.0.0:2525']\nnetworks=['192.0.2.0/24']\n"
      "verify_recipients='off'\n");
  EXPECT_EQ(config.smtp.max_message_bytes, 10U << 20);
  EXPECT_EQ(config.smtp.max_connections, 5U);
  EXPECT_EQ(config.smtp.tls_certificate, "/etc/c/t.pem");
  EXPECT_EQ(config.smtp.tls_key, "/k.pem");
  EXPECT_EQ(config.inside.listen.at(1).text(), "[::1]:0");
  EXPECT_THAT(config.inside.networks, ElementsAre(network("10.0.0.0/8")));
  EXPECT_EQ(config.inside.required_header.value().name, "X-Our-Secret");
  EXPECT_EQ(config.inside.required_header.value().value, "abc");
  EXPECT_EQ(config.inside.senders, InsideSettings::Senders::own_domains);
  EXPECT_EQ(config.outside.listen.at(0).port, 2525);
  EXPECT_THAT(config.outside.networks, ElementsAre(network("192.0.2.0/24")));
  EXPECT_EQ(config.outside.verify_recipients, OutsideSettings::VerifyRecipients::off);
}

TEST(Config, ReadsEveryKeyOfDelivery) {
  const ConfigReading reading =
      read(std::string(kNode) +
           "[delivery]\ninside='smtp://127.0.0.1:26'\n"
           "outside={url='smtps://relay.a.example', user='u', password_file='relay.password'}\n"
           "[delivery.hosts]\n\"B.example\"='smtp://gate.b.example:25'\n");
  ASSERT_TRUE(reading.config);
  ASSERT_EQ(reading.findings.size(), 1U);
  EXPECT_THAT(reading.findings[0].message(), HasSubstr("delivery.outside.user: has no effect"));
  const Config& config = *reading.config;
  EXPECT_EQ(config.delivery.inside.text(), "smtp://127.0.0.1:26");
  ASSERT_TRUE(config.delivery.outside);
  EXPECT_EQ(config.delivery.outside->text(), "smtps://relay.a.example:465");
  EXPECT_EQ(config.delivery.outside->user, "u");
  EXPECT_EQ(config.delivery.outside->password_file, "/etc/c/relay.password");
  EXPECT_EQ(config.delivery.hosts.at(*Domain::parse("b.example")).host, "gate.b.example");
}

TEST(Config, ReadsMxAsNoFixedHost) {
  EXPECT_FALSE(good("[delivery]\noutside='mx'\n").delivery.outside);
}

TEST(Config, ReadsEveryKeyOfPeeringDnsAndLog) {
  const Config config = good(
      "[peering]\nlisten=['127.0.0.1:0']\nurl='https://gate.a.example:8443'\napprove='named'\n"
      "private_addresses=true\n[dns]\nresolvers=['192.0.2.1']\ntrust_anchor='root.ds'\n"
      "validate='yes'\ninsecure=['Corp.example.', '10.in-addr.arpa', 'corp']\n"
      "[log]\nlevel='debug'\nformat='json'\n");
  EXPECT_EQ(config.peering.url, "https://gate.a.example:8443");
  EXPECT_TRUE(config.peering.private_addresses);
  EXPECT_EQ(config.dns.resolvers.at(0).text(), "192.0.2.1:53");
  EXPECT_EQ(config.dns.trust_anchor, "/etc/c/root.ds");
  EXPECT_THAT(config.dns.insecure,
              ElementsAre(*Domain::parse("corp.example"), *Domain::parse("10.in-addr.arpa"),
                          *Domain::parse("corp")));
  EXPECT_EQ(config.log.level, LogLevel::debug);
  EXPECT_EQ(config.log.format, LogFormat::json);
}

TEST(Config, ReadsWhenADelayIsToldOf) {
  EXPECT_EQ(good("").queue.delay_notice, std::chrono::hours(4));
  EXPECT_EQ(good("[queue]\ndelay_notice = '90m'\n").queue.delay_notice, std::chrono::minutes(90));
  for (const char* wrong : {"'0s'", "'6d'", "4", "'soon'"}) {
    const auto found = messages(std::string(kNode) + "[queue]\ndelay_notice = " + wrong + "\n");
    ASSERT_EQ(found.size(), 1U) << wrong;
    EXPECT_THAT(found[0], HasSubstr("c.toml:5: queue.delay_notice")) << wrong;
  }
}

TEST(Config, SaysWhatHasNoEffectWhereNothingIsValidated) {
  EXPECT_EQ(good("[dns]\nvalidate='no'\n").dns.validate, DnsSettings::Validate::no);
  EXPECT_THAT(messages(std::string(kNode) +
                       "[dns]\nvalidate='no'\ninsecure=['corp.example']\ntrust_anchor='x'\n"),
              ElementsAre(HasSubstr("dns.insecure: has no effect"),
                          HasSubstr("dns.trust_anchor: has no effect")));
}

TEST(Config, ReadsHowLongMailIsHeld) {
  const Config config = good("[limits]\nheld_peer = '40d'\nheld_stranger = '1h'\n");
  EXPECT_EQ(config.limits.held_peer, std::chrono::hours(40 * 24));
  EXPECT_EQ(config.limits.held_stranger, std::chrono::hours(1));
  for (const char* wrong : {"'41d'", "'59m'", "'0s'", "'-1d'", "'1w'", "''", "30", "'1d12h'"}) {
    for (const char* key : {"held_peer", "held_stranger"}) {
      const auto found = messages(std::string(kNode) + "[limits]\n" + key + " = " + wrong + "\n");
      ASSERT_EQ(found.size(), 1U) << wrong;
      EXPECT_THAT(found[0], HasSubstr(std::string("c.toml:5: limits.") + key)) << wrong;
    }
  }
  EXPECT_EQ(messages(std::string(kNode) + "[limits]\nheld = '1d'\n").size(), 1U);
}

TEST(Config, ReadsHowLongTracesAreKept) {
  EXPECT_EQ(good("[trace]\nkeep = '1h'\n").trace.keep, std::chrono::hours(1));
  EXPECT_EQ(good("[trace]\nkeep = '3650d'\n").trace.keep, std::chrono::hours(3650 * 24));
  for (const char* wrong : {"'59m'", "'0s'", "'3651d'", "'1w'", "''", "30"}) {
    const auto found = messages(std::string(kNode) + "[trace]\nkeep = " + wrong + "\n");
    ASSERT_EQ(found.size(), 1U) << wrong;
    EXPECT_THAT(found[0], HasSubstr("c.toml:5: trace.keep")) << wrong;
  }
}

TEST(Config, TheOutsideListenerTakesWhatSealingAdds) {
  const Config config = good("[smtp]\nmax_message_size = '100MB'\n");
  EXPECT_EQ(config.largest_outside_bytes(), 140'000'000U + 1024 * 1024);
}

TEST(Config, TellsNameAndDomainsIfTheyAreMissing) {
  EXPECT_THAT(messages(""), ElementsAre(HasSubstr("node.name: is missing"),
                                        HasSubstr("node.domains: is missing")));
  EXPECT_FALSE(read("").config);
}

struct Wrong {
  const char* more;     // from line 4 on
  int line;             // of the finding
  const char* message;  // "KEY: start of TEXT"
};

class ConfigError : public testing::TestWithParam<Wrong> {};

TEST_P(ConfigError, IsToldWithItsLineAndKey) {
  const auto reading = read(std::string(kNode) + GetParam().more);
  EXPECT_FALSE(reading.config);
  ASSERT_EQ(reading.findings.size(), 1U)
      << testing::PrintToString(messages(kNode + std::string(GetParam().more)));
  EXPECT_EQ(reading.findings[0].weight, Finding::Weight::error);
  EXPECT_THAT(reading.findings[0].message(),
              testing::StartsWith("/etc/c/c.toml:" + std::to_string(GetParam().line) + ": " +
                                  GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    EachKey, ConfigError,
    testing::Values(
        Wrong{"data_dir=1\n", 4, "node.data_dir: must be text in quotes, not number"},
        Wrong{"key_file=[]\n", 4, "node.key_file: must be text in quotes, not list"},
        Wrong{"data_dir='a\\u0000'\nx=1\n", 5, "node.x: unknown key; here can stand: name, "},
        Wrong{"[nodes]\n", 4, "nodes: unknown key; here can stand: node, store, smtp"},
        Wrong{"[store]\nurl='postgres:'\n", 5, "store.url: 'postgres:' is not supported"},
        Wrong{"[smtp]\nmax_message_size=150\n", 5, "smtp.max_message_size: must be text"},
        Wrong{"[smtp]\nmax_message_size='150'\n", 5, "smtp.max_message_size: '150' is not a size"},
        Wrong{"[smtp]\nmax_message_size='1KB'\n", 5, "smtp.max_message_size: is impossible"},
        Wrong{"[smtp]\nmax_connections=0\n", 5, "smtp.max_connections: 0 is impossible"},
        Wrong{"[smtp]\nmax_connections=-1\n", 5, "smtp.max_connections: -1 is impossible"},
        Wrong{"[smtp]\nmax_connections='5'\n", 5, "smtp.max_connections: must be a number"},
        Wrong{"[smtp]\nmax_connections=1.5\n", 5,
              "smtp.max_connections: must be a number, not float"},
        Wrong{"[smtp]\ntls_key='k.pem'\n", 5, "smtp.tls_key: tls_certificate and tls_key belong"},
        Wrong{"[smtp]\ntls_certificate='c'\n", 5, "smtp.tls_certificate: tls_certificate and tls"},
        Wrong{"smtp=1\n", 4, "node.smtp: unknown key"},
        Wrong{"[[smtp]]\n", 4, "smtp: must be a table, not list"},
        Wrong{"[smtp.inside]\nlisten='127.0.0.1:1'\n", 5, "smtp.inside.listen: must be a list"},
        Wrong{"[smtp.inside]\nlisten=[\n25]\n", 6, "smtp.inside.listen: must be a list of text"},
        Wrong{"[smtp.inside]\nlisten=[]\n", 5, "smtp.inside.listen: names no address"},
        Wrong{"[smtp.inside]\nlisten=['a:1']\n", 5, "smtp.inside.listen: 'a:1' is not an address"},
        Wrong{"[smtp.inside]\nnetworks=['10.0.0.1/8']\n", 5, "smtp.inside.networks: '10.0.0.1/8'"},
        Wrong{"[smtp.inside]\nnetworks=[]\n", 5, "smtp.inside.networks: names no network"},
        Wrong{"[smtp.inside]\nnetworks=['8.8.8.0/24']\n", 5,
              "smtp.inside.networks: 8.8.8.0/24 is a"},
        Wrong{"[smtp.inside]\nrequire='auth'\n", 5, "smtp.inside.require: \"auth\" is not supp"},
        Wrong{"[smtp.inside]\nrequire='secret'\n", 5, "smtp.inside.require: is not a header"},
        Wrong{"[smtp.inside]\nsenders='all'\n", 5, "smtp.inside.senders: 'all' is none of \"any\""},
        Wrong{"[smtp.outside]\nlisten=['127.0.0.1:10025']\n", 5,
              "smtp.outside.listen: 127.0.0.1:10025 is used by another listener"},
        Wrong{"[smtp.outside]\nnetworks=['x']\n", 5, "smtp.outside.networks: 'x' is not a network"},
        Wrong{"[smtp.outside]\nverify_recipients=true\n", 5,
              "smtp.outside.verify_recipients: must"},
        Wrong{"[delivery]\ninside='127.0.0.1'\n", 5, "delivery.inside: '127.0.0.1' does not start"},
        Wrong{
            "[delivery]\ninside='smtp://127.0.0.1:10025'\n", 5,
            "delivery.inside: smtp://127.0.0.1:10025 is this node's own listener 127.0.0.1:10025"},
        Wrong{"[delivery]\ninside='smtp://127.0.0.1:25'\n", 5,
              "delivery.inside: smtp://127.0.0.1:25 is this node's own listener 0.0.0.0:25"},
        Wrong{"[delivery]\ninside='smtp://localhost:10025'\n", 5,
              "delivery.inside: smtp://localhost:10025 is this node's own listener"},
        Wrong{"[delivery]\ninside='smtp://[::1]:25'\n", 5,
              "delivery.inside: smtp://[::1]:25 is this node's own listener"},
        Wrong{"[delivery]\ninside='smtp://gate.a.example'\n", 5,
              "delivery.inside: smtp://gate.a.example:25 is this node's own listener"},
        Wrong{"[delivery]\noutside='smtp://127.0.0.1:10025'\n", 5,
              "delivery.outside: smtp://127.0.0.1:10025 is this node's own listener"},
        Wrong{"[delivery.hosts]\n'c.example'='smtp://127.0.0.1:25'\n", 5,
              "delivery.hosts.c.example: smtp://127.0.0.1:25 is this node's own listener"},
        Wrong{"[delivery]\noutside='MX'\n", 5, "delivery.outside: 'MX' does not start with"},
        Wrong{"[delivery]\noutside=1\n", 5, "delivery.outside: must be \"smtp://host:port\""},
        Wrong{"[delivery]\noutside={user='u',password_file='p'}\n", 5,
              "delivery.outside.url: is missing"},
        Wrong{"[delivery]\noutside={url='smtp://h.example', user='u'}\n", 5,
              "delivery.outside.password_file: user and password_file belong together"},
        Wrong{"[delivery]\noutside={url='smtp://h.example', pass='u'}\n", 5,
              "delivery.outside.pass: unknown key"},
        Wrong{"[delivery.hosts]\n'b'='smtp://x'\n'b example'='smtp://x'\n", 6,
              "delivery.hosts.b example: 'b example' is not a domain name"},
        Wrong{"[delivery.hosts]\n'b.example'='mx'\n", 5, "delivery.hosts.b.example: 'mx' does not"},
        Wrong{"[delivery.hosts]\n'a.example'='smtp://x'\n", 5,
              "delivery.hosts.a.example: is a dom"},
        Wrong{"[delivery.hosts]\n'B.example'='smtp://x'\n'b.example'='smtp://x'\n", 6,
              "delivery.hosts.b.example: stands there twice"},
        Wrong{"[peering]\nlisten=['0.0.0.0:25']\n", 5, "peering.listen: 0.0.0.0:25 is used by"},
        Wrong{"[peering]\nurl='http://x.example'\n", 5, "peering.url: 'http://x.example' does not"},
        Wrong{"[peering]\napprove='ask'\n", 5, "peering.approve: \"ask\" is not supported"},
        Wrong{"[peering]\napprove='no'\n", 5, "peering.approve: 'no' is none of"},
        Wrong{"[peering]\nprivate_addresses='yes'\n", 5, "peering.private_addresses: must be true"},
        Wrong{"[dns]\nresolvers=['dns.example']\n", 5, "dns.resolvers: 'dns.example' is not a"},
        Wrong{"[dns]\ntrust_anchor=true\n", 5, "dns.trust_anchor: must be text"},
        Wrong{"[dns]\nvalidate=false\n", 5, "dns.validate: must be text"},
        Wrong{"[dns]\nvalidate='maybe'\n", 5, "dns.validate: 'maybe' is none of \"yes\", \"no\""},
        Wrong{"[dns]\ninsecure='corp.example'\n", 5, "dns.insecure: must be a list"},
        Wrong{"[dns]\ninsecure=['.']\n", 5, "dns.insecure: '.' is not a domain"},
        Wrong{"[dns]\ninsecure=['b.example','B.example']\n", 5, "dns.insecure: 'B.example' stands"},
        Wrong{"[admin]\n\nport=1\n", 6, "admin.port: unknown key"},
        Wrong{"[log]\nlevel='trace'\n", 5, "log.level: 'trace' is none of \"debug\", \"info\""},
        Wrong{"[log]\nformat='xml'\n", 5, "log.format: 'xml' is none of \"text\", \"json\""},
        Wrong{"[log\n", 4, "not TOML: "},
        Wrong{"[log]\nlevel='info'\nlevel='info'\n", 6, "not TOML"}));

TEST(Config, RefusesNamesThatCannotBe) {
  EXPECT_THAT(messages("[node]\nname='gate'\ndomains=['a.example']\n"),
              ElementsAre(HasSubstr(":2: node.name: 'gate' is not a full host name")));
  EXPECT_THAT(messages("[node]\nname='g.a.example'\ndomains=['com']\n"),
              ElementsAre(HasSubstr(":3: node.domains: 'com' is a public suffix")));
  EXPECT_THAT(messages("[node]\nname='g.a.example'\ndomains=[]\n"),
              ElementsAre(HasSubstr(":3: node.domains: names no domain")));
  EXPECT_THAT(messages("[node]\nname='g.a.example'\ndomains=['a.example',\n'A.example']\n"),
              ElementsAre(HasSubstr(":4: node.domains: 'A.example' stands there twice")));
}

TEST(Config, TellsAllMistakesAtOnceInTheOrderOfLines) {
  const auto all =
      messages("[log]\nlevel='x'\n[peering]\nurl='y'\n[smtp.inside]\nsenders=1\n[node]\nnam='z'\n");
  EXPECT_THAT(all, ElementsAre(HasSubstr(":2: log.level"), HasSubstr(":4: peering.url"),
                               HasSubstr(":6: smtp.inside.senders"), HasSubstr(":7: node.name"),
                               HasSubstr(":7: node.domains"), HasSubstr(":8: node.nam: unknown")));
}

TEST(Config, AcceptsAPublicNetworkBehindARequiredHeader) {
  const Config config =
      good("[smtp.inside]\nnetworks=['8.8.8.0/24']\nrequire='header: X-Our-Secret: abc'\n");
  EXPECT_THAT(config.inside.networks, ElementsAre(network("8.8.8.0/24")));
}

TEST(Config, NeverRepeatsTheRequiredSecretInAFinding) {
  const auto all = messages(std::string(kNode) + "[smtp.inside]\nrequire='heade: X: topsecret'\n");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(all[0], testing::Not(HasSubstr("topsecret")));
}

TEST(Config, WarnsOfKeysWithoutEffectAndStillReads) {
  const auto reading =
      read(std::string(kNode) + "[admin]\nlisten=['127.0.0.1:8080']\n[sms]\nprovider='x'\n");
  ASSERT_TRUE(reading.config);
  ASSERT_EQ(reading.findings.size(), 2U);
  EXPECT_EQ(reading.findings[0].weight, Finding::Weight::warning);
  EXPECT_THAT(reading.findings[0].message(), HasSubstr(":5: admin.listen: has no effect"));
  EXPECT_EQ(reading.findings[1].weight, Finding::Weight::warning);
  EXPECT_THAT(reading.findings[1].message(), HasSubstr(":6: sms: has no effect"));
}

TEST(Config, SaysWhatToDoIfThereIsNoFile) {
  const auto reading = read_config("/nonexistent/culvert.toml");
  EXPECT_FALSE(reading.config);
  ASSERT_EQ(reading.findings.size(), 1U);
  EXPECT_THAT(reading.findings[0].message(),
              testing::StartsWith("/nonexistent/culvert.toml: there is no such file"));
  EXPECT_THAT(reading.findings[0].message(), HasSubstr("culvert init"));
}

TEST(Config, RefusesADirectoryInPlaceOfAFile) {
  EXPECT_THAT(read_config("/tmp").findings.at(0).message(), HasSubstr("/tmp: cannot be read"));
}

}  // namespace
}  // namespace culvert::node
