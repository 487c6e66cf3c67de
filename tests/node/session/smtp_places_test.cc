// Named attack: One address, Slow requests. Who gets a place at an SMTP listener while strangers
// take as many as they can: connections from the addresses of 127/8, each with its share.
#include <gtest/gtest.h>

#include <stdexcept>

#include "node/session/smtp_server.h"
#include "tests/node/net/certificates.h"
#include "tests/node/net/loop_support.h"
#include "tests/node/session/smtp_support.h"

namespace culvert::node {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPlaces = 20;
constexpr std::size_t kShare = 5;
constexpr auto kShortPause = 30ms;

class SmtpPlaces : public testing::Test {
 protected:
  SmtpPlaces() { open({.idle_pause = kShortPause, .pause = 2 * kShortPause}); }
  ~SmtpPlaces() override {
    clients_.clear();
    server_.reset();
  }

  void open(const ServerPatience& patience) {
    settings_.rules.hostname = "gate.a.example";
    settings_.rules.max_message_bytes = 50'000'000;
    settings_.rules.patience = patience;
    settings_.tls = tls_.get();
    settings_.receivers = [this] { return room_.receiver(); };
    auto server =
        SmtpServer::open(server_loops_, *SocketAddress::parse("127.0.0.1:0"), places_, settings_);
    if (!server) throw std::runtime_error(server.error().text);
    server_ = *std::move(server);
  }

  struct Client {
    test::Recorder says;
    std::unique_ptr<Transport> transport;
    bool heard(std::string_view text) const {
      return says.received.find(text) != std::string::npos;
    }
    bool is_gone() const { return says.closed.has_value() || says.ended; }
  };
  // Says that after the banner, and waits until it has heard the last reply.
  Client& connect_from(const std::string& address, std::string_view text = {},
                       std::string_view reply = "220 ") {
    auto client = std::make_unique<Client>();
    client->transport =
        Transport::accepted(loop_, test::socket_from(address, server_->address()), client->says);
    client->says.when_ended = [raw = client.get()] { raw->transport->abort(); };
    clients_.push_back(std::move(client));
    Client& here = *clients_.back();
    const auto hears = [&](std::string_view what) {
      test::run_until(loop_, [&] { return here.heard(what) || here.is_gone(); });
    };
    hears("220 ");
    here.transport->send(text);
    hears(reply);
    return here;
  }
  // A stranger's mail goes through.
  bool is_served(const std::string& address) {
    return connect_from(address,
                        "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@a.example>\r\n"
                        "DATA\r\nhello\r\n.\r\nQUIT\r\n",
                        "221 ")
        .heard("250 2.0.0");
  }
  void pause() {
    const auto end = std::chrono::steady_clock::now() + 3 * kShortPause;
    while (std::chrono::steady_clock::now() < end)
      loop_.run_once(5ms);
  }
  static std::string network(std::size_t number) {
    return "127." + std::to_string(number) + ".0.2";
  }
  // From so many networks, until all places are taken.
  void fill(std::string_view text, std::string_view reply) {
    for (std::size_t i = 0; i < kPlaces; ++i)
      connect_from(network(2 + i), text, reply);
    ASSERT_EQ(places_.open(), kPlaces);
  }

  test::ServerCertificate certificate_ = test::ServerCertificate::make();
  std::unique_ptr<TlsServerContext> tls_ = certificate_.context();
  EventLoop loop_;
  test::Mailroom room_;
  // One loop, so that it is certain which connection gives way.
  LoopGroup server_loops_{1};
  ConnectionLimit places_{kPlaces, {.most = kShare}};
  SmtpServerSettings settings_;
  std::unique_ptr<SmtpServer> server_;
  std::vector<std::unique_ptr<Client>> clients_;
};

constexpr std::string_view kInMessage =
    "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@a.example>\r\n";

TEST_F(SmtpPlaces, SilentConnectionsOfManyNetworksGiveWay) {
  fill("EHLO x\r\n", "250 ");
  pause();
  EXPECT_TRUE(is_served("127.100.0.2"));
  EXPECT_TRUE(clients_.front()->heard("421 4.3.2")) << "the one that had waited longest";
  EXPECT_FALSE(clients_[1]->is_gone());
}

TEST_F(SmtpPlaces, WhoSaysNothingAtAllGivesWay) {
  fill("", "220 ");
  pause();
  EXPECT_TRUE(is_served("127.100.0.2"));
}

TEST_F(SmtpPlaces, AMessageThatDoesNotGoOnGivesWay) {
  fill(kInMessage, "250 2.1.5");
  pause();
  EXPECT_TRUE(is_served("127.100.0.2"));
  EXPECT_EQ(room_.count("reset"), 1U);
}

TEST_F(SmtpPlaces, ABodyThatComesTooSlowlyGivesWay) {
  fill(std::string(kInMessage) + "DATA\r\nx", "354 ");
  pause();
  EXPECT_TRUE(is_served("127.100.0.2"));
  EXPECT_EQ(room_.count("reset"), 1U);
}

TEST_F(SmtpPlaces, ATlsHandshakeThatDoesNotGoOnGivesWay) {
  fill("EHLO x\r\nSTARTTLS\r\n", "220 2.0.0");
  pause();
  EXPECT_TRUE(is_served("127.100.0.2"));
}

TEST_F(SmtpPlaces, WhoIsAtWorkKeepsItsPlace) {
  room_.hold_answers = true;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    connect_from(network(2 + i), std::string(kInMessage) + "DATA\r\nhello\r\n.\r\n", "354 ");
  }
  EXPECT_TRUE(test::run_until(loop_, [&] { return room_.held() == kPlaces; }));
  pause();
  EXPECT_TRUE(connect_from("127.100.0.2").heard("421 4.3.2"));
  for (std::size_t i = 0; i < kPlaces; ++i)
    EXPECT_FALSE(clients_[i]->is_gone()) << i;
}

TEST_F(SmtpPlaces, OneNetworkOfManyAddressesLeavesPlaces) {
  room_.hold_answers = true;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < 3 * kShare; ++i) {
    refused += connect_from("127.2.0." + std::to_string(2 + i),
                            std::string(kInMessage) + "DATA\r\nhello\r\n.\r\n", "354 ")
                       .heard("421 4.7.0")
                   ? 1
                   : 0;
  }
  EXPECT_EQ(refused, kShare);
  EXPECT_EQ(places_.open(), 2 * kShare);
  room_.hold_answers = false;
  EXPECT_TRUE(is_served("127.3.0.2"));
}

// It loses nothing: it may be between two messages, and its server tries again.
TEST_F(SmtpPlaces, WhoHasTakenItsShareLosesItsOwnIdleConnection) {
  for (std::size_t i = 0; i < kShare; ++i)
    connect_from("127.2.0.2");
  EXPECT_TRUE(connect_from("127.2.0.2").heard("421 4.7.0")) << "none has been idle for long";
  pause();
  EXPECT_TRUE(is_served("127.2.0.2"));
  EXPECT_TRUE(clients_.front()->heard("421 4.3.2"));
}

}  // namespace
}  // namespace culvert::node
