#include "node/session/client_name.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "tests/node/net/dns_responder.h"

namespace culvert::node {
namespace {

using test::dns_name;
using test::DnsResponder;

constexpr int kA = 1;
constexpr int kPtr = 12;
constexpr int kAaaa = 28;

const std::map<std::string, DnsResponder::Name> kZone = {
    {"8.1.1.1.in-addr.arpa", {0, false, {{kPtr, dns_name("Mail.c.example")}}}},
    {"mail.c.example", {0, false, {{kA, {1, 1, 1, 8}}, {kA, {1, 1, 1, 9}}}}},
    {"66.1.1.1.in-addr.arpa", {0, false, {{kPtr, dns_name("mail.c.example")}}}},
    {"67.1.1.1.in-addr.arpa", {0, false, {{kPtr, dns_name("nowhere.example")}}}},
    {"68.1.1.1.in-addr.arpa", {2, false, {}}},
    {"69.1.1.1.in-addr.arpa", {0, false, {{kPtr, dns_name("broken.example")}}}},
    {"broken.example", {2, false, {}}},
    {"70.1.1.1.in-addr.arpa", {0, false, {{kPtr, dns_name("a b.example")}}}},
    {"71.1.1.1.in-addr.arpa", {0, false, {{kPtr, dns_name("")}}}},
    {"8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.c.0.6.0.6.2.ip6.arpa",
     {0, false, {{kPtr, dns_name("six.c.example")}}}},
    {"six.c.example",
     {0, false, {{kAaaa, {0x26, 6, 0x0c, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8}}}}},
};

class ClientNameTest : public testing::Test {
 protected:
  ClientNameTest() : responder_(kZone) {
    ResolverOptions options;
    options.resolvers = {responder_.address()};
    options.validate = ResolverOptions::Validate::no;
    options.timeout = std::chrono::milliseconds(1500);
    resolver_ = std::move(Resolver::make(options)).value();
  }
  // The name, `-` or `?`.
  std::string name_of(const std::string& address) {
    std::promise<ClientName> promise;
    find_client_name(*resolver_, *IpAddress::parse(address),
                     [&](ClientName found) { promise.set_value(std::move(found)); });
    const ClientName found = promise.get_future().get();
    if (found.known == ClientName::Known::yes) return found.name;
    return found.known == ClientName::Known::none ? "-" : "?";
  }

  DnsResponder responder_;
  std::unique_ptr<Resolver> resolver_;
};

TEST_F(ClientNameTest, IsTheNameThatLeadsBackToTheAddress) {
  EXPECT_EQ(name_of("1.1.1.8"), "mail.c.example");
  EXPECT_EQ(name_of("2606:c80::8"), "six.c.example");
}

TEST_F(ClientNameTest, IsNoneThatTheAddressOnlyClaims) {
  EXPECT_EQ(name_of("1.1.1.66"), "-");
  EXPECT_EQ(name_of("1.1.1.67"), "-");
  EXPECT_EQ(name_of("1.1.1.70"), "-");
  EXPECT_EQ(name_of("1.1.1.71"), "-");
  EXPECT_EQ(name_of("1.1.1.72"), "-");
}

TEST_F(ClientNameTest, IsNotKnownWhileTheDnsFails) {
  EXPECT_EQ(name_of("1.1.1.68"), "?");
  EXPECT_EQ(name_of("1.1.1.69"), "?");
}

TEST_F(ClientNameTest, IsNotAskedForWhereAddressesArePrivate) {
  EXPECT_EQ(name_of("127.0.0.1"), "-");
  EXPECT_EQ(name_of("192.168.1.1"), "-");
}

}  // namespace
}  // namespace culvert::node
