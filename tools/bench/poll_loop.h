// One epoll set on which the benchmark programs wait, and the few socket calls that both need.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace culvert::bench {

// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_;
};

// Level-triggered. `key` comes back with each event; it is the caller's pointer or a small number.
class PollLoop {
 public:
  PollLoop();
  void add(int descriptor, std::uint64_t key, std::uint32_t events);
  void change(int descriptor, std::uint64_t key, std::uint32_t events);
  // Waits; calls on_event(key, events) for each.
  template <typename OnEvent>
  void turn(OnEvent on_event) {
    std::array<epoll_event, 256> events;
    const int count =
        ::epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i)
      on_event(events[i].data.u64, events[i].events);
  }

 private:
  Descriptor epoll_;
};

// A listening socket on 127.0.0.1; `port` 0 lets the system choose. Ends the program on failure.
int listen_on(std::uint16_t port);
std::uint16_t port_of(int socket);
// A non-blocking connection under way to `host:port`. Ends the program on failure.
int connect_to(const std::string& address);
void no_delay(int socket);
// Octets that were written; -1 if the connection is gone, 0 if it takes nothing now.
long write_some(int socket, std::string_view bytes);

[[noreturn]] void give_up(const std::string& what);

}  // namespace culvert::bench
