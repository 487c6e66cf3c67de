// culvert-bench-load HOST:PORT MESSAGES SESSIONS OCTETS keep|reconnect: hands in mail as fast as it
// is taken.
//
// Prints one line of JSON: {"accepted", "refused", "lost", "start_ns", "end_ns", "p50_ms",
// "p99_ms"}. The percentiles are of the time from MAIL to 250. `lost` counts messages whose
// connection ended before the answer. Each recipient carries the start time of its message
// (stopwatch.h), so that a sink can tell how long the message took. Ends with 1 if not all messages
// were accepted.
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "tools/bench/load_dialog.h"
#include "tools/bench/poll_loop.h"

namespace culvert::bench {
namespace {

constexpr std::size_t kReadOctets = 65536;

struct Connection {
  Connection(int number, LoadPlan& plan) : socket(number), dialog(plan) {}
  Descriptor socket;
  LoadDialog dialog;
  bool wants_room = true;  // a pending connection becomes writable when it is established
};

// A plain mail of about `octets`, with lines that do not compress, dot-stuffed, with the end mark.
std::string body_of(std::size_t octets) {
  std::string body =
      "From: Alice <alice@a.example>\r\nTo: Bob <bob@b.example>\r\nSubject: a mail of the "
      "benchmark\r\n"
      "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <bench@load.test>\r\nMIME-Version: "
      "1.0\r\n"
      "Content-Type: text/plain\r\n\r\n";
  std::minstd_rand random(1);  // the same mail in every run
  while (body.size() + 2 < octets) {
    for (int i = 0; i < 76; ++i)
      body += static_cast<char>('a' + random() % 26);
    body += "\r\n";
  }
  return body + ".\r\n";
}

class Load {
 public:
  Load(std::string address, LoadPlan& plan, std::uint64_t sessions)
      : address_(std::move(address)), plan_(plan), buffer_(kReadOctets, '\0') {
    for (std::uint64_t i = 0; i < sessions; ++i)
      open();
  }

  void run() {
    while (!connections_.empty())
      loop_.turn([this](std::uint64_t key, std::uint32_t events) {
        event(static_cast<int>(key), events);
      });
  }

 private:
  void open() {
    if (plan_.left == 0) return;
    const int socket = connect_to(address_);
    loop_.add(socket, static_cast<std::uint64_t>(socket), EPOLLIN | EPOLLOUT);
    connections_.emplace(socket, std::make_unique<Connection>(socket, plan_));
  }

  void event(int descriptor, std::uint32_t events) {
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    Connection& connection = *found->second;
    const bool open_still = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || receive(connection);
    if (open_still && flush(connection)) return;
    connections_.erase(found);
    open();
  }

  bool receive(Connection& connection) {
    const ssize_t got = ::recv(connection.socket.number(), buffer_.data(), buffer_.size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    connection.dialog.receive(std::string_view(buffer_).substr(0, static_cast<std::size_t>(got)));
    return true;
  }

  // False if the connection is done or gone, and must be closed.
  bool flush(Connection& connection) {
    const int socket = connection.socket.number();
    std::string& out = connection.dialog.out();
    if (!out.empty()) {
      const long written = write_some(socket, out);
      if (written < 0) return false;
      out.erase(0, static_cast<std::size_t>(written));
    }
    while (out.empty() && !connection.dialog.body_left().empty()) {
      const long written = write_some(socket, connection.dialog.body_left());
      if (written < 0) return false;
      if (written == 0) break;
      connection.dialog.body_sent(static_cast<std::size_t>(written));
    }
    const bool wants_room = !out.empty() || !connection.dialog.body_left().empty();
    if (wants_room != connection.wants_room) {
      connection.wants_room = wants_room;
      loop_.change(socket, static_cast<std::uint64_t>(socket),
                   wants_room ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
    return wants_room || !connection.dialog.finished();
  }

  std::string address_;
  LoadPlan& plan_;
  PollLoop loop_;
  std::string buffer_;
  std::map<int, std::unique_ptr<Connection>> connections_;
};

}  // namespace
}  // namespace culvert::bench

int main(int count, char** words) {
  using namespace culvert::bench;
  if (count != 6) {
    std::fprintf(stderr,
                 "usage: culvert-bench-load HOST:PORT MESSAGES SESSIONS OCTETS keep|reconnect\n");
    return 2;
  }
  LoadPlan plan;
  const std::uint64_t messages = std::strtoull(words[2], nullptr, 10);
  plan.left = messages;
  plan.body = body_of(std::strtoull(words[4], nullptr, 10));
  plan.reconnect = words[5] == std::string("reconnect");
  const std::uint64_t start_ns = monotonic_ns();
  Load(words[1], plan, std::strtoull(words[3], nullptr, 10)).run();
  const std::uint64_t end_ns = monotonic_ns();
  std::printf(
      "{\"accepted\": %llu, \"refused\": %llu, \"lost\": %llu, \"start_ns\": %llu, \"end_ns\": "
      "%llu, "
      "\"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
      static_cast<unsigned long long>(plan.accepted), static_cast<unsigned long long>(plan.refused),
      static_cast<unsigned long long>(messages - plan.accepted - plan.refused),
      static_cast<unsigned long long>(start_ns), static_cast<unsigned long long>(end_ns),
      plan.accept_latency.percentile_ms(50), plan.accept_latency.percentile_ms(99));
  return plan.accepted == messages ? 0 : 1;
}
