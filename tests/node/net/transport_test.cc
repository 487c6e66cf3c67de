#include "node/net/transport.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/node/net/loop_support.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;
using test::Recorder;
using test::run_until;
using test::Wire;

TEST(Transport, CarriesOctetsBothWays) {
  EventLoop loop;
  Wire wire(loop);
  wire.left->send("hello ");
  wire.left->send("world");
  EXPECT_EQ(wire.left->queued_octets(), 11u);
  wire.right->send("yes");
  ASSERT_TRUE(run_until(loop, [&] {
    return wire.right_says.received == "hello world" && wire.left_says.received == "yes";
  }));
  EXPECT_EQ(wire.right_says.calls, 1) << "pieces of one turn leave together";
  EXPECT_EQ(wire.left->queued_octets(), 0u);
  EXPECT_EQ(wire.left_says.drained, 1);
}

// Fifty megabytes through a sender that keeps 256 KiB queued at most.
TEST(Transport, KeepsBackPressureInABigTransfer) {
  constexpr std::size_t kTotal = 50 * 1000 * 1000;
  EventLoop loop;
  Wire wire(loop);
  std::size_t made = 0;
  std::size_t most_queued = 0;
  std::size_t got = 0;
  bool intact = true;
  const auto produce = [&] {
    while (made < kTotal && wire.left->queued_octets() < 128 * 1024) {
      Bytes piece(std::min<std::size_t>(64 * 1024, kTotal - made));
      for (std::size_t i = 0; i < piece.size(); ++i)
        piece[i] = static_cast<std::uint8_t>((made + i) % 251);
      made += piece.size();
      wire.left->send(std::move(piece));
    }
    most_queued = std::max(most_queued, wire.left->queued_octets());
  };
  wire.left_says.when_drained = produce;
  wire.right_says.when_octets = [&](ByteView octets) {
    for (const std::uint8_t octet : octets)
      intact = intact && octet == got++ % 251;
    wire.right_says.received.clear();
  };
  produce();
  ASSERT_TRUE(run_until(loop, [&] { return got == kTotal; }));
  EXPECT_TRUE(intact);
  EXPECT_LE(most_queued, 256u * 1024);
}

TEST(Transport, ReadsNothingWhilePaused) {
  EventLoop loop;
  Wire wire(loop);
  wire.right->pause_reading();
  wire.left->send("wait");
  ASSERT_TRUE(run_until(loop, [&] { return wire.left_says.drained == 1; }));
  for (int i = 0; i < 5; ++i)
    loop.run_once(milliseconds(1));
  EXPECT_EQ(wire.right_says.received, "");
  wire.right->resume_reading();
  EXPECT_TRUE(run_until(loop, [&] { return wire.right_says.received == "wait"; }));
}

TEST(Transport, SendsAllBeforeItFinishesAndHearsTheOtherSideEnd) {
  EventLoop loop;
  Wire wire(loop);
  wire.right_says.when_ended = [&] { wire.right->finish(); };
  wire.left->send(Bytes(3'000'000, 'x'));
  wire.left->finish();
  EXPECT_FALSE(wire.left->is_open());
  wire.left->send("too late");
  ASSERT_TRUE(run_until(loop, [&] { return wire.left_says.closed && wire.right_says.closed; }));
  EXPECT_EQ(wire.right_says.received, std::string(3'000'000, 'x'));
  EXPECT_TRUE(wire.right_says.ended);
  EXPECT_EQ(wire.left_says.closed->kind, CloseReason::Kind::by_owner);
}

TEST(Transport, AnswersAPeerThatClosedItsSendingSide) {
  EventLoop loop;
  test::SocketPair pair = test::socket_pair();
  Recorder says;
  auto transport = Transport::accepted(loop, std::move(pair.left), says);
  says.when_ended = [&] {
    transport->send("answer");
    transport->finish();
  };
  ASSERT_EQ(::send(pair.right.fd(), "question", 8, 0), 8);
  ::shutdown(pair.right.fd(), SHUT_WR);
  ASSERT_TRUE(run_until(loop, [&] { return says.closed.has_value(); }));
  char answer[64] = {};
  EXPECT_EQ(::recv(pair.right.fd(), answer, sizeof answer, 0), 6);
  EXPECT_EQ(says.received, "question");
  EXPECT_STREQ(answer, "answer");
}

// A close with unread octets resets the connection, and a reset may overtake the last answer.
TEST(Transport, ReadsOnAfterFinishingSoThatTheLastAnswerArrives) {
  EventLoop loop;
  auto listening = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
  ASSERT_TRUE(listening.ok());
  Recorder client_says;
  auto client =
      Transport::connect(loop, local_address(*listening), milliseconds(5000), client_says);
  ASSERT_TRUE(run_until(loop, [&] { return client_says.connected; }));
  Recorder server_says;
  auto server = Transport::accepted(
      loop, Socket(::accept4(listening->fd(), nullptr, nullptr, SOCK_NONBLOCK)), server_says);
  client_says.when_ended = [&] { client->finish(); };
  server_says.when_octets = [&](ByteView) {
    server->send("221 bye\r\n");
    server->finish();
  };
  client->send("QUIT\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return !server->is_open(); }));
  client->send("more that nobody wants\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return client_says.closed && server_says.closed; }));
  EXPECT_EQ(client_says.received, "221 bye\r\n");
  EXPECT_EQ(client_says.closed->kind, CloseReason::Kind::by_owner);
}

TEST(Transport, AbortsWithoutCallingBackInside) {
  EventLoop loop;
  Wire wire(loop);
  wire.left->send("lost");
  wire.left->abort();
  EXPECT_EQ(wire.left_says.closings, 0);
  ASSERT_TRUE(run_until(loop, [&] { return wire.left_says.closed && wire.right_says.ended; }));
  wire.left->abort();
  loop.run_once(milliseconds(1));
  EXPECT_EQ(wire.left_says.closings, 1);
  EXPECT_EQ(wire.right_says.received, "");
}

TEST(Transport, MayBeDestroyedByItsOwnerInItsLastCall) {
  EventLoop loop;
  struct Owner final : TransportListener {
    Owner(EventLoop& in_loop, Socket socket, bool& in_gone)
        : loop(in_loop),
          gone(in_gone),
          transport(Transport::accepted(loop, std::move(socket), *this)) {}
    ~Owner() override { gone = true; }
    void on_octets(ByteView) override { transport->abort(); }
    void on_end() override { transport->finish(); }
    void on_timeout() override {}
    void on_closed(const CloseReason&) override {
      loop.defer_destroy(std::unique_ptr<Owner>(this));
    }
    EventLoop& loop;
    bool& gone;
    std::unique_ptr<Transport> transport;
  };
  test::SocketPair pair = test::socket_pair();
  bool gone = false;
  [[maybe_unused]] auto* owner = new Owner(loop, std::move(pair.left), gone);
  ASSERT_EQ(::send(pair.right.fd(), "x", 1, 0), 1);
  EXPECT_TRUE(run_until(loop, [&] { return gone; }));
}

TEST(Transport, TellsThatNothingMovedForTheIdleTime) {
  EventLoop loop;
  Wire wire(loop);
  wire.right->set_idle_timeout(milliseconds(30));
  wire.right_says.when_timeout = [&] {
    wire.right->send("421 idle\r\n");
    wire.right->finish();
  };
  wire.left_says.when_ended = [&] { wire.left->finish(); };
  ASSERT_TRUE(run_until(loop, [&] { return wire.right_says.closed.has_value(); }));
  EXPECT_EQ(wire.right_says.timeouts, 1);
  EXPECT_EQ(wire.left_says.received, "421 idle\r\n");
}

TEST(Transport, TellsTheDeadlineHoweverMuchMoves) {
  EventLoop loop;
  Wire wire(loop);
  wire.right->set_idle_timeout(milliseconds(10'000));
  wire.right->set_deadline(milliseconds(50));
  wire.right_says.when_timeout = [&] { wire.right->abort(); };
  // Each octet is answered by the next: slow octets on purpose never let it be idle.
  wire.right_says.when_octets = [&](ByteView) { wire.right->send("y"); };
  wire.left_says.when_octets = [&](ByteView) { wire.left->send("x"); };
  wire.left->send("x");
  ASSERT_TRUE(run_until(loop, [&] { return wire.right_says.closed.has_value(); }));
  EXPECT_EQ(wire.right_says.timeouts, 1);
  EXPECT_GT(wire.right_says.calls, 1);
}

TEST(Transport, SaysThatAConnectionIsRefused) {
  EventLoop loop;
  SocketAddress nobody;
  {
    auto listening = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
    ASSERT_TRUE(listening.ok());
    nobody = local_address(*listening);
  }
  Recorder says;
  auto client = Transport::connect(loop, nobody, milliseconds(5000), says);
  ASSERT_TRUE(run_until(loop, [&] { return says.closed.has_value(); }));
  EXPECT_EQ(says.closed->kind, CloseReason::Kind::connect_failed);
  EXPECT_EQ(says.closed->text, "Connection refused");
}

TEST(Transport, ReportsAResetByThePeer) {
  EventLoop loop;
  auto listening = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
  ASSERT_TRUE(listening.ok());
  Recorder says;
  auto client = Transport::connect(loop, local_address(*listening), milliseconds(5000), says);
  ASSERT_TRUE(run_until(loop, [&] { return says.connected; }));
  {
    Socket server(::accept4(listening->fd(), nullptr, nullptr, 0));
    const linger hard{1, 0};
    setsockopt(server.fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
  ASSERT_TRUE(run_until(loop, [&] { return says.closed.has_value(); }));
  EXPECT_EQ(says.closed->kind, CloseReason::Kind::io_failed);
}

}  // namespace
}  // namespace culvert::node
