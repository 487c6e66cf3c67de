#include "node/net/resolver.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "node/net/mx_lookup.h"
#include "tests/node/net/dns_responder.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;
using test::dns_name;
using test::DnsResponder;
using test::mx_rdata;

constexpr int kA = 1;
constexpr int kCname = 5;
constexpr int kMx = 15;
constexpr int kAaaa = 28;

const std::map<std::string, DnsResponder::Name> kZone = {
    {"b.example",
     {0, false, {{kMx, mx_rdata(20, "Mx2.b.example")}, {kMx, mx_rdata(10, "mx1.b.example")}}}},
    {"mx1.b.example",
     {0,
      false,
      {{kA, {192, 0, 2, 1}}, {kAaaa, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}}},
    {"mx2.b.example", {0, false, {{kA, {192, 0, 2, 2}}}}},
    {"host.signed.example", {0, false, {{kA, {192, 0, 2, 8}}}}},
    {"host.corp.signed.example", {0, false, {{kA, {192, 0, 2, 8}}}}},
    {"plain.example", {0, false, {{kA, {192, 0, 2, 9}}}}},
    {"null.example", {0, false, {{kMx, mx_rdata(0, "")}, {kA, {192, 0, 2, 9}}}}},
    {"empty.example", {}},
    {"servfail.example", {2, false, {}}},
    {"silent.example", {0, true, {}}},
    {"homeless.example",
     {0, false, {{kMx, mx_rdata(10, "nowhere.example")}, {kA, {192, 0, 2, 9}}}}},
    {"half.example",
     {0, false, {{kMx, mx_rdata(10, "servfail.example")}, {kMx, mx_rdata(20, "mx2.b.example")}}}},
    {"lost.example", {0, false, {{kMx, mx_rdata(10, "servfail.example")}, {kA, {192, 0, 2, 9}}}}},
    {"alias.example", {0, false, {{kMx, mx_rdata(10, "cname.example")}}}},
};

// The answer to an alias holds the CNAME and what it leads to, as a resolver's does.
class ResolverTest : public testing::Test {
 protected:
  ResolverTest() : responder_(kZone) {
    // An anchor for a zone that no test asks about: everything else is insecure, and the root
    // of this little world needs no signatures.
    anchor_ = std::filesystem::temp_directory_path() /
              ("culvert-anchor-" + std::to_string(::getpid()) + ".key");
    std::ofstream(anchor_) << "signed.example. IN DS 20326 8 2 "
                              "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
    options_.resolvers = {responder_.address()};
    options_.trust_anchor_file = anchor_.string();
    options_.timeout = milliseconds(1500);
    auto made = Resolver::make(options_);
    if (!made) throw std::runtime_error(made.error().text);
    resolver_ = std::move(made).value();
  }
  ~ResolverTest() override { std::filesystem::remove(anchor_); }

  DnsAnswer ask(const std::string& name, DnsType type) {
    std::promise<DnsAnswer> promise;
    resolver_->query(name, type, [&](DnsAnswer answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
  }
  Result<MailTargets> targets(const std::string& domain) {
    std::promise<Result<MailTargets>> promise;
    find_mail_targets(*resolver_, *Domain::parse(domain),
                      [&](Result<MailTargets> found) { promise.set_value(std::move(found)); });
    return promise.get_future().get();
  }
  // `code fault` of an error, or the hosts.
  std::string summary(const std::string& domain) {
    const auto found = targets(domain);
    std::string text;
    if (!found) {
      return found.error().code +
             (found.error().fault == Fault::temporary ? " temporary" : " permanent");
    }
    for (const MailHost& host : found->hosts) {
      text += host.name + "=";
      for (const IpAddress& address : host.addresses)
        text += address.text() + ",";
    }
    return text;
  }

  DnsResponder responder_;
  std::filesystem::path anchor_;
  ResolverOptions options_;
  std::unique_ptr<Resolver> resolver_;
};

TEST_F(ResolverTest, TellsWhatTheDnsSaid) {
  const DnsAnswer mx = ask("b.example", DnsType::mx);
  EXPECT_EQ(mx.outcome, DnsAnswer::Outcome::found);
  EXPECT_EQ(mx.records.size(), 2u);
  EXPECT_FALSE(mx.secure);
  EXPECT_EQ(ask("empty.example", DnsType::mx).outcome, DnsAnswer::Outcome::nodata);
  EXPECT_EQ(ask("no.such.example", DnsType::mx).outcome, DnsAnswer::Outcome::nxdomain);
  EXPECT_EQ(ask("servfail.example", DnsType::mx).outcome, DnsAnswer::Outcome::failed);
  EXPECT_EQ(ask("", DnsType::mx).outcome, DnsAnswer::Outcome::failed);
  EXPECT_EQ(ask(std::string(300, 'a'), DnsType::a).outcome, DnsAnswer::Outcome::failed);
}

TEST_F(ResolverTest, GivesUpOnSilenceInTime) {
  const DnsAnswer answer = ask("silent.example", DnsType::mx);
  EXPECT_EQ(answer.outcome, DnsAnswer::Outcome::failed);
  EXPECT_FALSE(answer.why.empty());
}

TEST_F(ResolverTest, TakesNoUnsignedAnswerOfASignedZone) {
  // The anchor says that the zone is signed; the responder has no keys and no signature to show.
  const DnsAnswer answer = ask("host.signed.example", DnsType::a);
  EXPECT_EQ(answer.outcome, DnsAnswer::Outcome::no_keys) << answer.why;
  EXPECT_EQ(summary("signed.example"), "dns-no-keys temporary");
}

TEST_F(ResolverTest, ValidatesNoPrivateZoneThatIsNamed) {
  options_.insecure = {"corp.signed.example"};
  resolver_ = *Resolver::make(options_);
  EXPECT_EQ(summary("no.corp.signed.example"), "no-such-domain permanent");
  EXPECT_EQ(ask("host.corp.signed.example", DnsType::a).outcome, DnsAnswer::Outcome::found);
  EXPECT_FALSE(ask("host.corp.signed.example", DnsType::a).secure);
  EXPECT_EQ(ask("host.signed.example", DnsType::a).outcome, DnsAnswer::Outcome::no_keys);
}

TEST_F(ResolverTest, ValidatesAllZonesButThoseThatAreNamed) {
  options_.insecure = {"other.example", "gned.example", "sub.signed.example"};
  resolver_ = *Resolver::make(options_);
  EXPECT_EQ(summary("host.signed.example"), "dns-no-keys temporary");
}

TEST_F(ResolverTest, ValidatesNothingWhereItIsTold) {
  options_.validate = ResolverOptions::Validate::no;
  options_.trust_anchor_file = "/nowhere/root.key";
  resolver_ = *Resolver::make(options_);
  EXPECT_EQ(ask("host.signed.example", DnsType::a).outcome, DnsAnswer::Outcome::found);
}

TEST_F(ResolverTest, NamesTheZoneWhoseKeysCannotBeHad) {
  const DnsAnswer answer = ask("host.signed.example", DnsType::a);
  EXPECT_EQ(answer.zone, "signed.example");
  // The second time libunbound tells a longer story.
  const auto found = targets("host.signed.example");
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.error().text.find("the keys (DNSKEY) of the zone signed.example are unreachable"),
            std::string::npos)
      << found.error().text;
}

TEST_F(ResolverTest, TellsWhatToLookAtWhenNothingWasEverValidated) {
  EXPECT_NE(ask("silent.example", DnsType::mx).why.find("validate in [dns]"), std::string::npos);
  ask("b.example", DnsType::mx);
  EXPECT_EQ(ask("silent.example", DnsType::aaaa).why, "no answer from the DNS in time");
}

TEST_F(ResolverTest, AnswersEverybodyWhenItDies) {
  std::promise<DnsAnswer> promise;
  resolver_->query("silent.example", DnsType::mx,
                   [&](DnsAnswer answer) { promise.set_value(std::move(answer)); });
  resolver_.reset();
  EXPECT_EQ(promise.get_future().get().outcome, DnsAnswer::Outcome::failed);
}

TEST_F(ResolverTest, FindsMailHostsInOrderOfPreference) {
  EXPECT_EQ(summary("b.example"), "mx1.b.example=2001:db8::1,192.0.2.1,mx2.b.example=192.0.2.2,");
}

TEST_F(ResolverTest, TakesTheDomainItselfWithoutMx) {
  EXPECT_EQ(summary("plain.example"), "plain.example=192.0.2.9,");
}

TEST_F(ResolverTest, TreatsNullMxAsNoMailForEver) {
  EXPECT_EQ(summary("null.example"), "null-mx permanent");
}

TEST_F(ResolverTest, KnowsWhatDoesNotExist) {
  EXPECT_EQ(summary("no.such.example"), "no-such-domain permanent");
  EXPECT_EQ(summary("empty.example"), "no-such-domain permanent");
  EXPECT_EQ(summary("homeless.example"), "no-mail-host permanent");
}

TEST_F(ResolverTest, NeverTakesTroubleForAbsence) {
  EXPECT_EQ(summary("servfail.example"), "dns-failed temporary");
  EXPECT_EQ(summary("silent.example"), "dns-failed temporary");
  EXPECT_EQ(summary("lost.example"), "dns-failed temporary")
      << "its address record is no mail host";
  EXPECT_EQ(summary("half.example"), "mx2.b.example=192.0.2.2,");
}

TEST_F(ResolverTest, TellsWhereToLookWhenNobodyAnswers) {
  const auto found = targets("servfail.example");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, "dns-failed");
  EXPECT_NE(found.error().text.find("the resolvers in [dns], are unreachable"), std::string::npos)
      << found.error().text;
}

TEST_F(ResolverTest, FindsAConfiguredHostByNameOrLiteral) {
  const auto find = [&](const std::string& host) {
    std::promise<std::string> promise;
    find_host(*resolver_, host, [&](Result<MailTargets> found) {
      promise.set_value(found.ok() ? found->hosts[0].addresses[0].text() : found.error().code);
    });
    return promise.get_future().get();
  };
  EXPECT_EQ(find("plain.example"), "192.0.2.9");
  EXPECT_EQ(find("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(find("[::1]"), "::1");
  EXPECT_EQ(find("nobody.example"), "no-such-host");
  EXPECT_EQ(find("servfail.example"), "dns-failed");
}

TEST(ResolverOptions, AreCheckedAtTheStart) {
  ResolverOptions bad_resolver;
  bad_resolver.resolvers = {"not an address"};
  const auto one = Resolver::make(bad_resolver);
  ASSERT_FALSE(one.ok());
  EXPECT_EQ(one.error().code, "bad-resolver");
  ResolverOptions bad_anchor;
  bad_anchor.trust_anchor_file = "/nowhere/root.key";
  const auto two = Resolver::make(bad_anchor);
  ASSERT_FALSE(two.ok());
  EXPECT_EQ(two.error().code, "bad-trust-anchor");
}

TEST(OrderMx, ShufflesEqualsAndDropsDuplicates) {
  std::mt19937 random(1);
  std::set<std::string> firsts;
  for (int i = 0; i < 50; ++i) {
    const auto ordered = order_mx({{20, "c"}, {10, "a"}, {30, "a"}, {10, "b"}, {5, ""}}, random);
    ASSERT_EQ(ordered.size(), 3u);
    EXPECT_EQ(ordered[2].exchange, "c");
    firsts.insert(ordered[0].exchange);
  }
  EXPECT_EQ(firsts, (std::set<std::string>{"a", "b"}));
  std::vector<MxRecord> many;
  for (int i = 0; i < 100; ++i)
    many.push_back({1, "h" + std::to_string(i)});
  EXPECT_EQ(order_mx(many, random).size(), kMaxMailHosts);
}

}  // namespace
}  // namespace culvert::node
