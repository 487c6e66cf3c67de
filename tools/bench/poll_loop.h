// The epoll set on which a benchmark program waits, and the few socket calls that both programs
// need.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace culvert::bench {

// Owns a file descriptor and closes it.
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

// Level-triggered. Each event returns its `key`: a pointer of the caller or a small number.
class PollLoop {
 public:
  PollLoop();
  void add(int descriptor, std::uint64_t key, std::uint32_t events);
  void change(int descriptor, std::uint64_t key, std::uint32_t events);
  // Waits for events and calls on_event(key, events) for each.
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
// Starts a non-blocking connection to `host:port`. Ends the program on failure.
int connect_to(const std::string& address);
void no_delay(int socket);
// The number of octets written; 0 if the socket takes nothing now, -1 if the connection is gone.
long write_some(int socket, std::string_view bytes);

[[noreturn]] void give_up(const std::string& what);

}  // namespace culvert::bench
