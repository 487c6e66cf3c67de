// Blocking TCP on loopback for the small servers of the demo. It deliberately uses none of the
// node's code, so that a witness does not share the mistakes of what it witnesses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culvert::cli {

// Owns one connected socket, or none. One thread at a time, except `shut`.
class DemoSocket {
 public:
  DemoSocket() = default;
  explicit DemoSocket(int fd) : fd_(fd) {}
  DemoSocket(DemoSocket&& other) noexcept;
  DemoSocket& operator=(DemoSocket&& other) noexcept;
  ~DemoSocket();

  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // Up to and including the next LF. At the end, a shorter last piece; after that, nothing.
  std::optional<std::string> read_line();
  // The octets that have arrived, at most 64 KiB; empty at the end.
  std::string read_some();
  // False if the other side is gone.
  bool write(std::string_view text);
  // Ends reading and writing, even in another thread that waits in them.
  void shut();

 private:
  int fd_ = -1;
  std::string buffered_;
};

// Connects to 127.0.0.1:`port`. Returns a socket without a descriptor if nobody answers.
DemoSocket connect_loopback(std::uint16_t port);

// A listening socket on a free port of 127.0.0.1.
class DemoListener {
 public:
  // Throws std::system_error if the machine gives no port.
  DemoListener();
  ~DemoListener();
  DemoListener(const DemoListener&) = delete;
  DemoListener& operator=(const DemoListener&) = delete;

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // Waits for the next connection. Returns a socket without a descriptor once `shut` was called.
  DemoSocket accept();
  void shut();

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace culvert::cli
