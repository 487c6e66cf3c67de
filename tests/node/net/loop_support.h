// What the tests of node/net share: a loop that is run until something is true, and a listener
// that writes down what it is told.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "node/net/event_loop.h"
#include "node/net/transport.h"

namespace culvert::node::test {

// No test waits longer for what should have happened.
inline constexpr std::chrono::seconds kPatience{20};

// Runs the loop until `done`; false if that does not come.
inline bool run_until(EventLoop& loop, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!done() && std::chrono::steady_clock::now() < end) {
    loop.run_once(std::chrono::milliseconds(20));
  }
  return done();
}

class Recorder final : public TransportListener {
 public:
  void on_connected() override { connected = true; }
  void on_octets(ByteView octets) override {
    ++calls;
    received += as_text(octets);
    if (when_octets) when_octets(octets);
  }
  void on_drained() override {
    ++drained;
    if (when_drained) when_drained();
  }
  void on_tls_ready(const TlsInfo& info) override {
    tls = info;
    if (when_tls) when_tls();
  }
  void on_end() override {
    ended = true;
    if (when_ended) when_ended();
  }
  void on_timeout() override {
    ++timeouts;
    if (when_timeout) when_timeout();
  }
  void on_closed(const CloseReason& reason) override {
    ++closings;
    closed = reason;
  }

  bool connected = false;
  bool ended = false;
  int calls = 0;
  int drained = 0;
  int timeouts = 0;
  int closings = 0;
  std::string received;
  std::optional<TlsInfo> tls;
  std::optional<CloseReason> closed;
  std::function<void(ByteView)> when_octets;
  std::function<void()> when_drained;
  std::function<void()> when_tls;
  std::function<void()> when_ended;
  std::function<void()> when_timeout;
};

// Connected from that address of 127/8; does not block.
inline Socket socket_from(const std::string& address, const SocketAddress& to) {
  const auto system_address = [](const SocketAddress& of) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(of.port);
    std::memcpy(&out.sin_addr, of.ip.octets().data(), sizeof out.sin_addr);
    return out;
  };
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in from = system_address({*IpAddress::parse(address), 0});
  if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) {
    throw std::runtime_error("cannot bind " + address);
  }
  const sockaddr_in there = system_address(to);
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0) {
    throw std::runtime_error("cannot connect from " + address);
  }
  ::fcntl(socket.fd(), F_SETFL, O_NONBLOCK);
  return socket;
}

struct SocketPair {
  Socket left;
  Socket right;
};

inline SocketPair socket_pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) {
    throw std::runtime_error("no socket pair");
  }
  return {Socket(fds[0]), Socket(fds[1])};
}

// Two transports that talk to each other on one loop.
struct Wire {
  explicit Wire(EventLoop& loop) : Wire(loop, socket_pair()) {}
  Wire(EventLoop& loop, SocketPair pair)
      : left(Transport::accepted(loop, std::move(pair.left), left_says)),
        right(Transport::accepted(loop, std::move(pair.right), right_says)) {}
  Recorder left_says;
  Recorder right_says;
  std::unique_ptr<Transport> left;
  std::unique_ptr<Transport> right;
};

}  // namespace culvert::node::test
