#include "node/net/listener.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <set>

#include "node/net/transport.h"

namespace culvert::node {
namespace {

using namespace std::chrono_literals;

// A blocking client socket that is connected to `to`.
Socket connect_to(const SocketAddress& to) {
  auto socket = begin_connect(to);
  pollfd ready{socket->fd(), POLLOUT, 0};
  ::poll(&ready, 1, 5000);
  return std::move(*socket);
}

// What the socket reads until its end, within five seconds.
std::string read_to_end(const Socket& socket) {
  std::string all;
  char buffer[256];
  pollfd ready{socket.fd(), POLLIN, 0};
  while (::poll(&ready, 1, 5000) == 1) {
    const ssize_t got = ::recv(socket.fd(), buffer, sizeof buffer, 0);
    if (got <= 0) return all;
    all.append(buffer, static_cast<std::size_t>(got));
  }
  return all + " (no end)";
}

void say_and_close(const Accepted& accepted, const std::string& text) {
  ::send(accepted.socket.fd(), text.data(), text.size(), MSG_NOSIGNAL);
}

TEST(Listener, SpreadsConnectionsOfOnePortOverAllLoops) {
  LoopGroup loops(3);
  std::mutex mutex;
  std::set<EventLoop*> used;
  bool on_own_thread = true;
  auto listener = Listener::open(loops, {*SocketAddress::parse("127.0.0.1:0"), nullptr, ""},
                                 [&](EventLoop& loop, Accepted accepted) {
                                   const std::lock_guard lock(mutex);
                                   used.insert(&loop);
                                   on_own_thread = on_own_thread && loop.is_loop_thread();
                                   say_and_close(accepted, accepted.peer.text());
                                 });
  ASSERT_TRUE(listener.ok());
  EXPECT_NE((*listener)->address().port, 0);
  for (int i = 0; i < 200; ++i) {
    const Socket client = connect_to((*listener)->address());
    ASSERT_EQ(read_to_end(client), local_address(client).text());
  }
  // 200 connections miss one of three loops with a chance of 3 · (2/3)^200.
  EXPECT_EQ(used.size(), 3u);
  EXPECT_TRUE(on_own_thread);
}

TEST(Listener, ListensOnIpv6) {
  LoopGroup loops(1);
  auto listener =
      Listener::open(loops, {*SocketAddress::parse("[::1]:0"), nullptr, ""},
                     [&](EventLoop&, Accepted accepted) { say_and_close(accepted, "six"); });
  ASSERT_TRUE(listener.ok()) << listener.error().text;
  EXPECT_EQ(read_to_end(connect_to((*listener)->address())), "six");
}

TEST(Listener, RefusesWithATextWhatExceedsTheLimit) {
  LoopGroup loops(2);
  ConnectionLimit limit(2);
  std::mutex mutex;
  std::vector<Accepted> kept;
  auto listener = Listener::open(
      loops, {*SocketAddress::parse("127.0.0.1:0"), &limit, "421 4.3.2 too many connections\r\n"},
      [&](EventLoop&, Accepted accepted) {
        say_and_close(accepted, "220 hello\r\n");
        const std::lock_guard lock(mutex);
        kept.push_back(std::move(accepted));
      });
  ASSERT_TRUE(listener.ok());
  const auto greeting = [&](const Socket& client) {
    pollfd ready{client.fd(), POLLIN, 0};
    ::poll(&ready, 1, 5000);
    char buffer[64];
    const ssize_t got = ::recv(client.fd(), buffer, 3, 0);
    return std::string(buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  };
  const Socket first = connect_to((*listener)->address());
  EXPECT_EQ(greeting(first), "220");
  const Socket second = connect_to((*listener)->address());
  EXPECT_EQ(greeting(second), "220");
  EXPECT_EQ(read_to_end(connect_to((*listener)->address())), "421 4.3.2 too many connections\r\n");
  EXPECT_EQ(limit.open(), 2u);
  {
    const std::lock_guard lock(mutex);
    kept.clear();
  }
  const Socket third = connect_to((*listener)->address());
  EXPECT_EQ(greeting(third), "220");
}

TEST(Listener, TellsWhoHasTakenItsShareSoInAnotherText) {
  LoopGroup loops(1);
  ConnectionLimit limit(5, {.most = 0});
  auto listener = Listener::open(
      loops, {*SocketAddress::parse("127.0.0.1:0"), &limit, "full\r\n", "your share\r\n"},
      [](EventLoop&, Accepted) { ADD_FAILURE() << "it was let in"; });
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ(read_to_end(connect_to((*listener)->address())), "your share\r\n");
}

TEST(Listener, SaysThatAnAddressIsTaken) {
  LoopGroup loops(1);
  auto other = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
  ASSERT_TRUE(other.ok());
  const auto listener =
      Listener::open(loops, {local_address(*other), nullptr, ""}, [](EventLoop&, Accepted) {});
  ASSERT_FALSE(listener.ok());
  EXPECT_EQ(listener.error().code, "listen-failed");
  EXPECT_NE(listener.error().text.find(local_address(*other).text()), std::string::npos);
}

// Processor time that this process has used.
std::chrono::microseconds used_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

TEST(Listener, RestsWithoutSpinningWhileDescriptorsAreShortAndRecovers) {
#ifdef __SANITIZE_ADDRESS__
  // Our sanitizer runs check virtual tables too, for which the run-time opens a pipe.
  GTEST_SKIP() << "the sanitizer itself needs descriptors";
#endif
  LoopGroup loops(1);
  auto listener =
      Listener::open(loops, {*SocketAddress::parse("127.0.0.1:0"), nullptr, ""},
                     [](EventLoop&, Accepted accepted) { say_and_close(accepted, "served"); });
  ASSERT_TRUE(listener.ok());
  auto client = begin_connect((*listener)->address());
  // The connection may be accepted before the limit counts, so one more follows below it.
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  auto late = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(read_to_end(*client), "served");
  const rlimit none{static_cast<rlim_t>(late + 1), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  std::vector<Socket> fillers;
  for (int fd = ::dup(late); fd >= 0; fd = ::dup(late))
    fillers.emplace_back(fd);
  const auto address = (*listener)->address();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto used_before = used_time();
  ASSERT_EQ(::connect(late, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  pollfd ready{late, POLLIN, 0};
  EXPECT_EQ(::poll(&ready, 1, 400), 0) << "nobody could accept it";
  EXPECT_LT(used_time() - used_before, 200ms) << "it spins";
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(read_to_end(Socket(late)), "served");
}

}  // namespace
}  // namespace culvert::node
