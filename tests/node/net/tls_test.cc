// TLS between our own two sides, and the attacks on its beginning.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/node/net/certificates.h"
#include "tests/node/net/loop_support.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;
using test::Recorder;
using test::run_until;
using test::ServerCertificate;
using test::Wire;

class Tls : public testing::Test {
 protected:
  ServerCertificate certificate_ = ServerCertificate::make();
  std::unique_ptr<TlsServerContext> server_ = certificate_.context();
  std::unique_ptr<TlsClientContext> anybody_ = TlsClientContext::opportunistic();
  EventLoop loop_;
};

TEST_F(Tls, CarriesOctetsSealed) {
  test::SocketPair pair = test::socket_pair();
  Wire wire(loop_, std::move(pair));
  wire.right->start_tls(*server_);
  wire.left->start_tls(*anybody_, "gate.b.example");
  wire.left->send("before the handshake is done");
  wire.right_says.when_octets = [&](ByteView) { wire.right->send("answer"); };
  ASSERT_TRUE(run_until(loop_, [&] { return wire.left_says.received == "answer"; }));
  EXPECT_EQ(wire.right_says.received, "before the handshake is done");
  EXPECT_EQ(wire.left_says.tls->version, "TLSv1.3");
  EXPECT_TRUE(wire.left_says.tls->cipher.starts_with("TLS_")) << wire.left_says.tls->cipher;
  EXPECT_EQ(wire.left_says.tls->peer_certificate, Bytes(certificate_.tls.certificate.der().begin(),
                                                        certificate_.tls.certificate.der().end()));
  EXPECT_TRUE(wire.right_says.tls->peer_certificate.empty());
}

TEST_F(Tls, CarriesABigTransferWithBackPressure) {
  constexpr std::size_t kTotal = 20 * 1000 * 1000;
  Wire wire(loop_);
  wire.right->start_tls(*server_);
  wire.left->start_tls(*anybody_, "");
  std::size_t made = 0;
  std::size_t most_queued = 0;
  std::size_t got = 0;
  bool intact = true;
  const auto produce = [&] {
    while (made < kTotal && wire.left->queued_octets() < 128 * 1024) {
      Bytes piece(std::min<std::size_t>(60'001, kTotal - made));
      for (std::size_t i = 0; i < piece.size(); ++i)
        piece[i] = static_cast<std::uint8_t>((made + i) % 249);
      made += piece.size();
      wire.left->send(std::move(piece));
    }
    most_queued = std::max(most_queued, wire.left->queued_octets());
  };
  wire.left_says.when_tls = produce;
  wire.left_says.when_drained = produce;
  wire.right_says.when_octets = [&](ByteView octets) {
    for (const std::uint8_t octet : octets)
      intact = intact && octet == got++ % 249;
    wire.right_says.received.clear();
  };
  ASSERT_TRUE(run_until(loop_, [&] { return got == kTotal; }));
  EXPECT_TRUE(intact);
  EXPECT_LE(most_queued, 256u * 1024);
}

TEST_F(Tls, EndsInOrderOnBothSides) {
  Wire wire(loop_);
  wire.right->start_tls(*server_);
  wire.left->start_tls(*anybody_, "");
  wire.right_says.when_octets = [&](ByteView) {
    wire.right->send("221 bye\r\n");
    wire.right->finish();
  };
  wire.left_says.when_ended = [&] { wire.left->finish(); };
  wire.left->send("QUIT\r\n");
  ASSERT_TRUE(run_until(loop_, [&] { return wire.left_says.closed && wire.right_says.closed; }));
  EXPECT_EQ(wire.left_says.received, "221 bye\r\n");
  EXPECT_TRUE(wire.left_says.ended);
  EXPECT_EQ(wire.left_says.closed->kind, CloseReason::Kind::by_owner);
}

TEST_F(Tls, ResumesASessionWithTheSameServer) {
  const auto connect_once = [&] {
    auto listening = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
    Recorder client_says;
    Recorder server_says;
    auto client =
        Transport::connect(loop_, local_address(*listening), milliseconds(5000), client_says);
    run_until(loop_, [&] { return client_says.connected; });
    auto server = Transport::accepted(
        loop_, Socket(::accept4(listening->fd(), nullptr, nullptr, SOCK_NONBLOCK)), server_says);
    server->start_tls(*server_);
    client->start_tls(*anybody_, "gate.b.example");
    server_says.when_octets = [&](ByteView) { server->send("answer"); };
    client->send("question");
    run_until(loop_, [&] { return client_says.received == "answer"; });
    return client_says.tls && client_says.tls->resumed && server_says.tls->resumed;
  };
  // The port is part of what a session is remembered under, so the same one is needed; a server
  // behind a socket pair has port 0.
  const auto connect_pair = [&] {
    Wire wire(loop_);
    wire.right->start_tls(*server_);
    wire.left->start_tls(*anybody_, "gate.b.example");
    wire.right_says.when_octets = [&](ByteView) { wire.right->send("answer"); };
    wire.left->send("question");
    run_until(loop_, [&] { return wire.left_says.received == "answer"; });
    return wire.left_says.tls->resumed && wire.right_says.tls->resumed;
  };
  EXPECT_FALSE(connect_once());
  EXPECT_FALSE(connect_pair());
  EXPECT_TRUE(connect_pair());
}

TEST_F(Tls, TrustsOnlyThePinnedIdentity) {
  const auto try_with = [&](const std::string& pem) {
    auto pinned = TlsClientContext::pinned(pem);
    EXPECT_TRUE(pinned.ok());
    Wire wire(loop_);
    wire.right->start_tls(*server_);
    wire.left->start_tls(**pinned, "any.name.example");
    wire.left->send("secret");
    run_until(loop_, [&] { return wire.left_says.closed || !wire.right_says.received.empty(); });
    return std::pair(wire.right_says.received, wire.left_says.closed);
  };
  const auto [received, closed] = try_with(certificate_.identity_pem());
  EXPECT_EQ(received, "secret");
  EXPECT_FALSE(closed);
  const auto [nothing, refused] = try_with(ServerCertificate::make().identity_pem());
  EXPECT_EQ(nothing, "");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->kind, CloseReason::Kind::tls_failed);
}

TEST_F(Tls, ClosesWithAReasonWhenGarbageArrives) {
  Wire wire(loop_);
  wire.right->start_tls(*server_);
  wire.left->send("EHLO this is not a client hello\r\n");
  wire.left_says.when_ended = [&] { wire.left->finish(); };
  ASSERT_TRUE(run_until(loop_, [&] { return wire.right_says.closed.has_value(); }));
  EXPECT_EQ(wire.right_says.closed->kind, CloseReason::Kind::tls_failed);
  EXPECT_FALSE(wire.right_says.closed->text.empty());
  EXPECT_EQ(wire.right_says.received, "");
}

TEST_F(Tls, ClosesWhenThePeerLeavesDuringTheHandshake) {
  Wire wire(loop_);
  wire.right->start_tls(*server_);
  wire.left->abort();
  ASSERT_TRUE(run_until(loop_, [&] { return wire.right_says.closed.has_value(); }));
  EXPECT_EQ(wire.right_says.closed->kind, CloseReason::Kind::tls_failed);
}

TEST_F(Tls, UsesAReloadedCertificateForNewConnections) {
  const ServerCertificate renewed = ServerCertificate::make();
  ASSERT_TRUE(server_->reload(renewed.chain_pem(), renewed.tls.key.pem()).ok());
  EXPECT_FALSE(server_->reload(renewed.chain_pem(), certificate_.tls.key.pem()).ok());
  EXPECT_FALSE(server_->reload("", certificate_.tls.key.pem()).ok());
  Wire wire(loop_);
  wire.right->start_tls(*server_);
  wire.left->start_tls(*anybody_, "");
  ASSERT_TRUE(run_until(loop_, [&] { return wire.left_says.tls.has_value(); }));
  EXPECT_EQ(wire.left_says.tls->peer_certificate,
            Bytes(renewed.tls.certificate.der().begin(), renewed.tls.certificate.der().end()));
}

// STARTTLS injection, the server's side: clear text that somebody in between appends to STARTTLS,
// in the same segment or in one of its own, never reaches the sealed session.
TEST_F(Tls, StartTlsInjectionIsForgottenByTheServer) {
  test::SocketPair pair = test::socket_pair();
  const int attacker = ::dup(pair.left.fd());
  Wire wire(loop_, std::move(pair));
  std::string commands;
  wire.right_says.when_octets = [&](ByteView octets) {
    if (wire.right->tls_active()) {
      commands += as_text(octets);
      return;
    }
    // What lies behind STARTTLS in `octets` is the dialog's to forget; more comes before our 220.
    ASSERT_EQ(::send(attacker, "MAIL FROM:<evil@x.example>\r\n", 28, 0), 28);
    wire.right->send("220 go ahead\r\n");
    wire.right->start_tls(*server_);
  };
  wire.left_says.when_octets = [&](ByteView) {
    if (!wire.left->tls_active()) wire.left->start_tls(*anybody_, "");
  };
  wire.left_says.when_tls = [&] { wire.left->send("EHLO b.example\r\n"); };
  wire.left->send("STARTTLS\r\n");
  ASSERT_TRUE(run_until(loop_, [&] { return !commands.empty() || wire.right_says.closed; }));
  EXPECT_EQ(commands, "EHLO b.example\r\n");
  ::close(attacker);
}

// The client's side: replies that somebody appends to the 220 are not taken as sealed ones.
TEST_F(Tls, StartTlsInjectionIsForgottenByTheClient) {
  test::SocketPair pair = test::socket_pair();
  const int attacker = ::dup(pair.right.fd());
  Wire wire(loop_, std::move(pair));
  std::string replies;
  wire.left_says.when_octets = [&](ByteView octets) {
    if (wire.left->tls_active()) {
      replies += as_text(octets);
      return;
    }
    ASSERT_EQ(::send(attacker, "250 AUTH PLAIN\r\n", 16, 0), 16);
    wire.left->start_tls(*anybody_, "");
  };
  wire.right_says.when_tls = [&] { wire.right->send("250 sealed\r\n"); };
  wire.right->send("220 go ahead\r\n");
  wire.right->start_tls(*server_);
  ASSERT_TRUE(run_until(loop_, [&] { return !replies.empty() || wire.left_says.closed; }));
  EXPECT_EQ(replies, "250 sealed\r\n");
  ::close(attacker);
}

TEST(TlsContext, SaysWhatIsWrongWithItsFiles) {
  const ServerCertificate one = ServerCertificate::make();
  const ServerCertificate other = ServerCertificate::make();
  const auto code = [](const std::string& chain, const SecretBytes& key) {
    const auto made = TlsServerContext::make(chain, key);
    return made.ok() ? "" : made.error().code;
  };
  EXPECT_EQ(code(one.chain_pem(), one.tls.key.pem()), "");
  EXPECT_EQ(code("no certificate", one.tls.key.pem()), "bad-certificate");
  EXPECT_EQ(
      code("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", one.tls.key.pem()),
      "bad-certificate");
  EXPECT_EQ(code(one.chain_pem(), SecretBytes(as_bytes("no key"))), "bad-key");
  EXPECT_EQ(code(one.chain_pem(), other.tls.key.pem()), "bad-key");
  EXPECT_FALSE(TlsClientContext::pinned("nothing").ok());
  EXPECT_FALSE(TlsClientContext::pinned(one.chain_pem()).ok()) << "one authority, not two";
}

}  // namespace
}  // namespace culvert::node
