// A DNS server of a few records on a UDP port of loopback, for tests. What is not in its table does
// not exist (NXDOMAIN); it says nothing to names that it is told to be silent about.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "crypto/base/bytes.h"
#include "node/net/resolver.h"
#include "node/net/socket.h"
#include "node/net/socket_address.h"

namespace culvert::node::test {

inline Bytes dns_name(std::string_view name) {
  Bytes wire;
  while (!name.empty()) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    wire.push_back(static_cast<std::uint8_t>(dot));
    append(wire, name.substr(0, dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  wire.push_back(0);
  return wire;
}

inline Bytes mx_rdata(std::uint8_t preference, std::string_view host) {
  Bytes rdata{0, preference};
  append(rdata, dns_name(host));
  return rdata;
}

class DnsResponder {
 public:
  struct Name {
    int rcode = 0;
    bool silent = false;
    std::multimap<int, Bytes> records;  // by type; none of the asked one: NODATA
  };

  explicit DnsResponder(std::map<std::string, Name> names) : names_(std::move(names)) {
    socket_ = Socket(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const SystemAddress any = to_system(*SocketAddress::parse("127.0.0.1:0"));
    if (::bind(socket_.fd(), any.get(), any.size) != 0) throw std::runtime_error("no UDP port");
    thread_ = std::thread([this] { serve(); });
  }
  ~DnsResponder() {
    stop_ = true;
    thread_.join();
  }

  // For ResolverOptions::resolvers.
  std::string address() const { return "127.0.0.1@" + std::to_string(local_address(socket_).port); }

 private:
  void serve() {
    while (!stop_) {
      pollfd ready{socket_.fd(), POLLIN, 0};
      if (::poll(&ready, 1, 20) != 1) continue;
      std::uint8_t query[512];
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const ssize_t got = ::recvfrom(socket_.fd(), query, sizeof query, 0,
                                     reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 17) continue;
      const Bytes answer = respond({query, static_cast<std::size_t>(got)});
      if (answer.empty()) continue;
      ::sendto(socket_.fd(), answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
               size);
    }
  }

  Bytes respond(ByteView query) const {
    std::string name;
    std::size_t at = 12;
    while (query[at] != 0) {
      if (!name.empty()) name += '.';
      name += as_text(query.subspan(at + 1, query[at]));
      at += query[at] + 1u;
    }
    for (char& c : name)
      c = static_cast<char>(std::tolower(c));
    const int type = query[at + 1] << 8 | query[at + 2];
    const std::size_t question_end = at + 5;
    const auto found = names_.find(name);
    if (found != names_.end() && found->second.silent) return {};
    const int rcode = found == names_.end() ? 3 : found->second.rcode;
    Bytes answer(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(question_end));
    answer[2] = 0x81;
    answer[3] = static_cast<std::uint8_t>(0x80 | rcode);
    Bytes records;
    std::uint8_t count = 0;
    if (found != names_.end() && rcode == 0) {
      const auto [first, last] = found->second.records.equal_range(type);
      for (auto it = first; it != last; ++it, ++count) {
        append(records, Bytes{0xc0, 0x0c, 0, static_cast<std::uint8_t>(type), 0, 1, 0, 0, 0, 60, 0,
                              static_cast<std::uint8_t>(it->second.size())});
        append(records, it->second);
      }
    }
    answer[6] = 0;
    answer[7] = count;
    std::fill(answer.begin() + 8, answer.begin() + 12, std::uint8_t{0});
    append(answer, records);
    return answer;
  }

  const std::map<std::string, Name> names_;
  Socket socket_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace culvert::node::test
