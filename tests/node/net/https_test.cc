// The HTTPS server and the HTTPS client against each other, and against careless strangers.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>

#include "node/net/https_client.h"
#include "node/net/https_server.h"
#include "node/net/workers.h"
#include "tests/node/net/certificates.h"
#include "tests/node/net/loop_support.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;
using test::ServerCertificate;

class Https : public testing::Test {
 protected:
  Https() {
    // Answered from a worker, as real peering messages are.
    auto server = HttpsServer::open(
        loops_, *tls_, {*SocketAddress::parse("127.0.0.1:0"), &places_},
        [this](const SocketAddress& peer, HttpRequest request, HttpReply reply) {
          const Status submitted = workers_.submit(
              [peer, request = std::move(request), reply = std::move(reply)]() mutable {
                if (request.path == "/dropped") return;
                Bytes body = to_bytes(request.path + "|" + request.content_type + "|");
                append(body, request.body);
                reply.send({request.path == "/no" ? 403 : 200, "text/x", std::move(body)});
              });
          EXPECT_TRUE(submitted.ok());
        });
    if (!server) throw std::runtime_error(server.error().text);
    server_ = std::move(server).value();
    limits_.addresses = AddressRule::private_allowed;
  }
  ~Https() override {
    workers_.stop();
    server_.reset();
  }
  std::string url(const std::string& path) const {
    return "https://" + server_->address().text() + path;
  }

  ServerCertificate certificate_ = ServerCertificate::make();
  std::unique_ptr<TlsServerContext> tls_ = certificate_.context();
  LoopGroup loops_{2};
  ConnectionLimit places_{50};
  Workers workers_{2, 100};
  std::unique_ptr<HttpsServer> server_;
  HttpsLimits limits_;
};

TEST_F(Https, FetchesWithoutAskingWho) {
  const auto answer = https_get(url("/peering/1/card"), limits_);
  ASSERT_TRUE(answer.ok()) << answer.error().text << answer.error().detail;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "text/x");
  EXPECT_EQ(to_text(answer->body), "/peering/1/card||");
}

TEST_F(Https, PostsTheLargestMessageToThePinnedIdentity) {
  const Bytes body(kMaxPeeringMessageBytes - 20, 'm');
  const auto answer =
      https_post({url("/m"), "application/x", body, certificate_.identity_pem()}, limits_);
  ASSERT_TRUE(answer.ok()) << answer.error().text << answer.error().detail;
  EXPECT_EQ(answer->body.size(), body.size() + 17);
}

TEST_F(Https, ReturnsARefusalAsAnAnswer) {
  const auto refused = https_post({url("/no"), "a/b", {}, certificate_.identity_pem()}, limits_);
  ASSERT_TRUE(refused.ok()) << refused.error().text;
  EXPECT_EQ(refused->status, 403);
  const auto dropped = https_get(url("/dropped"), limits_);
  ASSERT_TRUE(dropped.ok());
  EXPECT_EQ(dropped->status, 503);
}

TEST_F(Https, PostsNothingToAnotherIdentity) {
  const ServerCertificate other = ServerCertificate::make();
  const auto answer = https_post({url("/m"), "a/b", as_bytes("x"), other.identity_pem()}, limits_);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "wrong-peer");
  EXPECT_FALSE(https_post({url("/m"), "a/b", as_bytes("x"), ""}, limits_).ok());
}

// The node's own signing key must not do for TLS: only a certificate for servers counts.
TEST_F(Https, PostsNothingToAServerWithATunnelCertificate) {
  auto tunnel = crypto::make_tunnel_certificate(
      {certificate_.identity.key, certificate_.identity.certificate}, crypto::TunnelUse::sign,
      SystemClock().now());
  ASSERT_TRUE(tunnel.ok());
  ASSERT_TRUE(tls_->reload(tunnel->certificate.pem(), tunnel->key.pem()).ok());
  const auto answer =
      https_post({url("/m"), "a/b", as_bytes("x"), certificate_.identity_pem()}, limits_);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "wrong-peer");
}

TEST_F(Https, RefusesPrivateAddressesAtConnectTime) {
  HttpsLimits strict = limits_;
  strict.addresses = AddressRule::public_only;
  const auto port = std::to_string(server_->address().port);
  for (const std::string& host : {std::string("127.0.0.1"), std::string("localhost"),
                                  std::string("[::ffff:127.0.0.1]"), std::string("0x7f000001")}) {
    const auto answer = https_get("https://" + host + ":" + port + "/", strict);
    ASSERT_FALSE(answer.ok()) << host;
    EXPECT_EQ(answer.error().code, "address-refused") << host << ": " << answer.error().text;
  }
}

TEST_F(Https, SaysWhyAPeerCannotBeReached) {
  SocketAddress nobody;
  {
    auto listening = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
    nobody = local_address(*listening);
  }
  const auto refused = https_get("https://" + nobody.text() + "/", limits_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "unreachable");
  EXPECT_EQ(refused.error().fault, Fault::temporary);
  EXPECT_NE(refused.error().text.find("connection refused"), std::string::npos)
      << refused.error().text;

  const auto listening = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
  HttpsLimits hasty = limits_;
  hasty.total_time = milliseconds(100);
  const auto silent = https_get("https://" + local_address(*listening).text() + "/", hasty);
  ASSERT_FALSE(silent.ok());
  EXPECT_EQ(silent.error().code, "unreachable");
}

TEST_F(Https, TakesHttpsUrlsOnly) {
  const std::string rest = server_->address().text() + "/";
  for (const std::string& bad : {"http://" + rest, "file:///etc/passwd" + std::string(), rest,
                                 std::string("https://"), std::string()}) {
    const auto answer = https_get(bad, limits_);
    ASSERT_FALSE(answer.ok()) << bad;
    EXPECT_EQ(answer.error().code, "bad-url") << bad;
  }
}

TEST_F(Https, StopsAnAnswerThatIsTooLarge) {
  HttpsLimits small = limits_;
  small.max_answer_bytes = 10;
  const auto answer = https_get(url("/longer-than-ten"), small);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "too-large");
}

TEST_F(Https, ServesOthersWhileGarbageAndSilenceAreConnected) {
  std::vector<Socket> strangers;
  for (int i = 0; i < 20; ++i) {
    auto socket = begin_connect(server_->address());
    ASSERT_TRUE(socket.ok());
    pollfd ready{socket->fd(), POLLOUT, 0};
    ASSERT_EQ(::poll(&ready, 1, 5000), 1);
    const std::string garbage = i % 2 == 0 ? "" : "GET / HTTP/1.1\r\n\r\n";
    ::send(socket->fd(), garbage.data(), garbage.size(), MSG_NOSIGNAL);
    strangers.push_back(std::move(*socket));
  }
  EXPECT_TRUE(https_get(url("/card"), limits_).ok());
}

TEST_F(Https, KeepsAConnectionForTheNextRequestAndEndsItOnABadOne) {
  EventLoop loop;
  test::Recorder says;
  auto tls = TlsClientContext::opportunistic();
  auto client = Transport::connect(loop, server_->address(), milliseconds(5000), says);
  ASSERT_TRUE(test::run_until(loop, [&] { return says.connected; }));
  client->start_tls(*tls, "");
  client->send("GET /a HTTP/1.1\r\nHost: b\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n");
  ASSERT_TRUE(
      test::run_until(loop, [&] { return says.received.find("/b||") != std::string::npos; }));
  EXPECT_NE(says.received.find("/a||"), std::string::npos);
  client->send("TRACE / HTTP/1.1\r\n\r\n");
  says.when_ended = [&] { client->finish(); };
  ASSERT_TRUE(test::run_until(loop, [&] { return says.closed.has_value(); }));
  EXPECT_NE(says.received.find("HTTP/1.1 405 "), std::string::npos);
}

TEST_F(Https, DropsAReplyWhoseConnectionIsGone) {
  server_.reset();
  // The fixture's own server is gone; one that keeps its replies takes its place.
  std::mutex mutex;
  std::vector<HttpReply> kept;
  auto server = HttpsServer::open(loops_, *tls_, {*SocketAddress::parse("127.0.0.1:0"), &places_},
                                  [&](const SocketAddress&, HttpRequest, HttpReply reply) {
                                    const std::lock_guard lock(mutex);
                                    kept.push_back(std::move(reply));
                                  });
  ASSERT_TRUE(server.ok());
  HttpsLimits hasty = limits_;
  hasty.total_time = milliseconds(300);
  EXPECT_FALSE(https_get("https://" + (*server)->address().text() + "/", hasty).ok());
  server->reset();
  ASSERT_EQ(kept.size(), 1u);
  kept[0].send({200, "", {}});
  kept.clear();
  loops_.run_on_all([](EventLoop&) {});
}

}  // namespace
}  // namespace culvert::node
