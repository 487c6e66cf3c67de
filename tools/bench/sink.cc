// culvert-bench-sink [PORT]: an SMTP sink that costs less than what it measures.
//
// Prints `listening 127.0.0.1:PORT`, then answers lines on standard input with one line of JSON
// each:
//   count   {"messages": N}
//   report  {"messages", "octets", "last_ns", "p50_ms", "p99_ms"} since the last report. `last_ns`
//           is the time of the last message. The percentiles are of the time from the stamp
//           (load_dialog.h) until the message is taken.
// Ends when standard input ends.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "tools/bench/poll_loop.h"
#include "tools/bench/sink_dialog.h"
#include "tools/bench/stopwatch.h"

namespace culvert::bench {
namespace {

constexpr std::size_t kReadOctets = 1 << 20;

struct Connection {
  explicit Connection(int number) : socket(number) {}
  Descriptor socket;
  SinkDialog dialog;
  bool waits_for_room = false;
};

class Sink {
 public:
  explicit Sink(std::uint16_t port) : listener_(listen_on(port)), buffer_(kReadOctets, '\0') {
    loop_.add(listener_.number(), static_cast<std::uint64_t>(listener_.number()), EPOLLIN);
    loop_.add(STDIN_FILENO, STDIN_FILENO, EPOLLIN);
    std::printf("listening 127.0.0.1:%u\n", port_of(listener_.number()));
    std::fflush(stdout);
  }

  void run() {
    while (!ended_)
      loop_.turn([this](std::uint64_t key, std::uint32_t) { event(static_cast<int>(key)); });
  }

 private:
  void event(int descriptor) {
    if (descriptor == STDIN_FILENO) return question();
    if (descriptor == listener_.number()) return accept();
    const auto found = connections_.find(descriptor);
    if (found != connections_.end() && !serve(*found->second)) connections_.erase(found);
  }

  void accept() {
    const int socket =
        ::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    no_delay(socket);
    auto connection = std::make_unique<Connection>(socket);
    loop_.add(socket, static_cast<std::uint64_t>(socket), EPOLLIN);
    flush(*connection);
    connections_.emplace(socket, std::move(connection));
  }

  // False if the connection must be closed.
  bool serve(Connection& connection) {
    const ssize_t got = ::recv(connection.socket.number(), buffer_.data(), buffer_.size(), 0);
    if (got == 0) return false;
    if (got > 0) {
      connection.dialog.receive(std::string_view(buffer_).substr(0, static_cast<std::size_t>(got)));
      count(connection.dialog);
    } else if (errno != EAGAIN && errno != EINTR) {
      return false;
    }
    return flush(connection) && !connection.dialog.wants_close();
  }

  bool flush(Connection& connection) {
    std::string& out = connection.dialog.out();
    const long written = out.empty() ? 0 : write_some(connection.socket.number(), out);
    if (written < 0) return false;
    out.erase(0, static_cast<std::size_t>(written));
    if (out.empty() == connection.waits_for_room) {
      connection.waits_for_room = !out.empty();
      loop_.change(connection.socket.number(),
                   static_cast<std::uint64_t>(connection.socket.number()),
                   connection.waits_for_room ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
    return true;
  }

  void count(SinkDialog& dialog) {
    octets_ += dialog.take_octets();
    const std::uint64_t taken = dialog.take_messages();
    if (taken == 0) return;
    messages_ += taken;
    since_report_ += taken;
    last_ns_ = monotonic_ns();
    for (const std::uint64_t began_ns : dialog.take_stamps())
      latencies_.add(last_ns_ - began_ns);
  }

  void question() {
    char text[64];
    const ssize_t got = ::read(STDIN_FILENO, text, sizeof text - 1);
    if (got <= 0) {
      ended_ = true;
      return;
    }
    if (text[0] == 'c')
      std::printf("{\"messages\": %llu}\n", static_cast<unsigned long long>(messages_));
    if (text[0] == 'r') report();
    std::fflush(stdout);
  }

  void report() {
    std::printf(
        "{\"messages\": %llu, \"octets\": %llu, \"last_ns\": %llu, \"p50_ms\": %.3f, \"p99_ms\": "
        "%.3f}\n",
        static_cast<unsigned long long>(since_report_), static_cast<unsigned long long>(octets_),
        static_cast<unsigned long long>(last_ns_), latencies_.percentile_ms(50),
        latencies_.percentile_ms(99));
    since_report_ = octets_ = 0;
    latencies_.clear();
  }

  Descriptor listener_;
  PollLoop loop_;
  std::string buffer_;
  std::map<int, std::unique_ptr<Connection>> connections_;
  std::uint64_t messages_ = 0, since_report_ = 0, octets_ = 0, last_ns_ = 0;
  Latencies latencies_;
  bool ended_ = false;
};

}  // namespace
}  // namespace culvert::bench

int main(int count, char** words) {
  culvert::bench::Sink(static_cast<std::uint16_t>(count > 1 ? std::atoi(words[1]) : 0)).run();
  return 0;
}
