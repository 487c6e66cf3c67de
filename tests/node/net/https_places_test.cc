// Named attack: One address, Slow requests. Who gets a place at the peering port while strangers
// take as many as they can: connections from the addresses of 127/8, each with its share.
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "node/net/https_server.h"
#include "tests/node/net/certificates.h"
#include "tests/node/net/loop_support.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPlaces = 20;
constexpr std::size_t kShare = 5;
constexpr std::size_t kKept = 6;

// One stranger's connection: its socket, and TLS over it if `Ask` says so.
class HttpsPlaces : public testing::Test {
 protected:
  HttpsPlaces() {
    for (int i = 0; i < 2; ++i) {
      auto server =
          HttpsServer::open(server_loops_, *tls_, {*SocketAddress::parse("127.0.0.1:0"), &places_},
                            [](const SocketAddress&, HttpRequest, HttpReply reply) {
                              reply.send({200, "", {}});
                            });
      if (!server) throw std::runtime_error(server.error().text);
      servers_.push_back(*std::move(server));
    }
  }
  ~HttpsPlaces() override {
    clients_.clear();
    servers_.clear();
  }

  // A client with TLS: its transport and what it hears.
  struct Client {
    test::Recorder says;
    std::unique_ptr<Transport> transport;
    bool is_gone() const { return says.closed.has_value() || says.ended; }
  };
  Client& connect_from(const std::string& address, std::size_t server = 0) {
    auto client = std::make_unique<Client>();
    client->transport = Transport::accepted(
        loop_, test::socket_from(address, servers_[server]->address()), client->says);
    client->says.when_ended = [raw = client.get()] { raw->transport->abort(); };
    clients_.push_back(std::move(client));
    return *clients_.back();
  }
  // Connects, shakes hands, and sends that.
  Client& send_from(const std::string& address, const std::string& text, std::size_t server = 0) {
    Client& client = connect_from(address, server);
    client.transport->start_tls(*client_tls_, "");
    test::run_until(loop_, [&] { return client.says.tls || client.is_gone(); });
    client.transport->send(text);
    loop_.run_once(milliseconds(5));
    return client;
  }
  // A whole request from there is answered.
  bool is_served(const std::string& address, std::size_t server = 0) {
    Client& client =
        send_from(address, "GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n", server);
    test::run_until(loop_, [&] {
      return client.is_gone() || client.says.received.find("200 OK") != std::string::npos;
    });
    return client.says.received.find("200 OK") != std::string::npos;
  }
  // Begins a message that it does not end. The answer to a request before it shows that the server
  // has read the beginning, too, and does not take the connection for an idle one.
  void post_slowly_from(const std::string& address) {
    Client& client = send_from(address,
                               "GET / HTTP/1.1\r\nHost: b\r\n\r\n"
                               "POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 1000\r\n\r\n{");
    test::run_until(loop_, [&] {
      return client.is_gone() || client.says.received.find("200 OK") != std::string::npos;
    });
  }
  // Waits until the server has taken, or closed, what was opened.
  void settle() {
    test::run_until(loop_, [this] { return places_.open() > 0; });
    for (int i = 0; i < 20; ++i)
      loop_.run_once(milliseconds(5));
  }

  test::ServerCertificate certificate_ = test::ServerCertificate::make();
  std::unique_ptr<TlsServerContext> tls_ = certificate_.context();
  std::unique_ptr<TlsClientContext> client_tls_ = TlsClientContext::opportunistic();
  EventLoop loop_;
  // One loop, so that it is certain which connection gives way.
  LoopGroup server_loops_{1};
  ConnectionLimit places_{
      kPlaces, {.most = kShare}, nullptr, {.count = kKept, .standing = [](const IpAddress& client) {
                                             return client == *IpAddress::parse("127.0.0.99")
                                                        ? Standing::known
                                                        : Standing::stranger;
                                           }}};
  std::vector<std::unique_ptr<HttpsServer>> servers_;
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_F(HttpsPlaces, OneAddressWithManyIdleConnectionsShutsNobodyOut) {
  for (int i = 0; i < 260; ++i)
    connect_from("127.0.0.2");
  settle();
  EXPECT_LE(places_.open(), kShare);
  EXPECT_TRUE(is_served("127.0.0.3"));
  EXPECT_TRUE(is_served("127.0.0.99"));
  // Its own next request, too: one of its idle connections gives way.
  EXPECT_TRUE(is_served("127.0.0.2"));
}

// Many that are accepted in one turn of the loop: each closes another one, not all the same.
TEST_F(HttpsPlaces, ABurstIsTakenInFull) {
  std::promise<void> held;
  std::promise<void> release;
  std::thread holder([&, released = release.get_future().share()] {
    server_loops_.run_on_all([&](EventLoop&) {
      held.set_value();
      released.wait();
    });
  });
  held.get_future().wait();
  for (std::size_t i = 0; i < 3 * kShare; ++i)
    connect_from("127.0.0.2");
  release.set_value();
  holder.join();
  settle();
  std::size_t gone = 0;
  for (const auto& client : clients_)
    gone += client->is_gone() ? 1 : 0;
  EXPECT_EQ(gone, 2 * kShare);
  EXPECT_FALSE(clients_.back()->is_gone()) << "the last one closed one before it";
}

TEST_F(HttpsPlaces, ManyAddressesWithIdleConnectionsShutNobodyOut) {
  for (int i = 2; i < 62; ++i) {
    for (int j = 0; j < 4; ++j)
      connect_from("127.0.1." + std::to_string(i));
  }
  settle();
  EXPECT_LE(places_.open(), kPlaces - kKept);
  EXPECT_TRUE(is_served("127.0.0.3"));
  EXPECT_TRUE(is_served("127.0.0.99"));
}

// Whoever opens connections faster than others shake hands closes its own, not theirs.
TEST_F(HttpsPlaces, AFloodOfConnectionsDoesNotEndAnothersHandshake) {
  Client& slow_one = connect_from("127.0.0.3");
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 60; ++i)
      connect_from("127.0.1." + std::to_string(2 + i % 5));
    settle();
  }
  EXPECT_FALSE(slow_one.is_gone());
  slow_one.transport->start_tls(*client_tls_, "");
  slow_one.transport->send("GET / HTTP/1.1\r\nHost: b\r\n\r\n");
  EXPECT_TRUE(test::run_until(
      loop_, [&] { return slow_one.says.received.find("200 OK") != std::string::npos; }));
}

TEST_F(HttpsPlaces, OneAddressThatPostsSlowlyHasItsShareOnly) {
  for (std::size_t i = 0; i < 3 * kShare; ++i)
    post_slowly_from("127.0.0.2");
  EXPECT_LE(places_.open(), kShare);
  EXPECT_TRUE(is_served("127.0.0.3"));
  EXPECT_TRUE(is_served("127.0.0.99"));
}

// Named attack: One address, from many of one customer's network.
TEST_F(HttpsPlaces, ManyAddressesOfOneNetworkThatPostSlowlyLeavePlaces) {
  for (int i = 0; i < static_cast<int>(kPlaces); ++i)
    post_slowly_from("127.2.0." + std::to_string(2 + i));
  EXPECT_EQ(places_.open(), 2 * kShare);
  EXPECT_TRUE(is_served("127.3.0.2"));
  EXPECT_TRUE(is_served("127.0.0.99"));
}

// All strangers' places are taken by requests that do not end: peers' are not.
TEST_F(HttpsPlaces, PeersHaveTheirPlacesWhileManyAddressesPostSlowly) {
  for (int i = 0; i < static_cast<int>(kPlaces); ++i)
    post_slowly_from("127." + std::to_string(2 + i) + ".0.2");
  EXPECT_EQ(places_.open(), kPlaces - kKept);
  EXPECT_FALSE(is_served("127.0.0.3"));
  for (std::size_t i = 0; i < kKept; ++i)
    EXPECT_TRUE(is_served("127.0.0.99"));
}

TEST_F(HttpsPlaces, AllListenAddressesShareThePlaces) {
  for (std::size_t i = 0; i < 4 * kShare; ++i)
    connect_from("127.0.0.2", i % 2);
  settle();
  EXPECT_LE(places_.open(), kShare);
  EXPECT_TRUE(is_served("127.0.0.3", 0));
  EXPECT_TRUE(is_served("127.0.0.3", 1));
}

// Named attack: Slow requests, large ones: what all of them hold together is bounded, and a message
// of the size that strangers may send always has room.
TEST_F(HttpsPlaces, ManyLargeBodiesAtOnceAreRefused) {
  ConnectionLimit many(100);
  servers_.push_back(*HttpsServer::open(server_loops_, *tls_,
                                        {*SocketAddress::parse("127.0.0.1:0"), &many},
                                        [](const SocketAddress&, HttpRequest, HttpReply reply) {
                                          reply.send({200, "", {}});
                                        }));
  const auto begin_of = [](std::size_t size) {
    return "POST / HTTP/1.1\r\nHost: b\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  };
  constexpr std::size_t kForStrangers = kMaxLargeBodies - kLargeBodiesKept;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < kForStrangers + 8; ++i) {
    Client& client = send_from("127.0.0.2", begin_of(kSmallBodyBytes + 1), 2);
    test::run_until(loop_, [&] { return client.is_gone() || i < kForStrangers; });
    refused += client.says.received.find(" 503 ") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(refused, 8U);
  const std::string body(kSmallBodyBytes, 'x');
  Client& small = send_from("127.0.0.3", begin_of(body.size()) + body, 2);
  EXPECT_TRUE(test::run_until(
      loop_, [&] { return small.says.received.find("200 OK") != std::string::npos; }));
  // One that ends gives its room back.
  clients_.front()->transport->send(std::string(kSmallBodyBytes + 1, 'x'));
  EXPECT_TRUE(test::run_until(
      loop_, [&] { return clients_.front()->says.received.find("200 OK") != std::string::npos; }));
  const std::string large(kSmallBodyBytes + 1, 'x');
  Client& next = send_from("127.0.0.3", begin_of(large.size()) + large, 2);
  EXPECT_TRUE(test::run_until(
      loop_, [&] { return next.says.received.find("200 OK") != std::string::npos; }));
  clients_.clear();
  servers_.pop_back();  // before its places
}

// Handshakes that never end, heads that come octet by octet, answers that nobody takes.
TEST_F(HttpsPlaces, WhateverIsSlowEndsAfterItsTime) {
  Client& silent = connect_from("127.0.0.2");
  Client& half_a_handshake = connect_from("127.0.0.2");
  half_a_handshake.transport->send(std::string("\x16\x03\x01\x02", 4));
  Client& half_a_head = send_from("127.0.0.2", "GET / HTTP/1.1\r\nHo");
  const auto begun = std::chrono::steady_clock::now();
  auto next = begun;
  ASSERT_TRUE(test::run_until(loop_, [&] {
    if (std::chrono::steady_clock::now() >= next && !half_a_head.is_gone()) {
      next += milliseconds(500);
      half_a_head.transport->send("s");
    }
    return silent.is_gone() && half_a_handshake.is_gone() && half_a_head.is_gone();
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kHttpHeaderTime + std::chrono::seconds(5));
  EXPECT_NE(half_a_head.says.received.find("408"), std::string::npos);
}

}  // namespace
}  // namespace culvert::node
