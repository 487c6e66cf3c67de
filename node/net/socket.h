// A descriptor that is closed when its owner dies, and the few calls that make one.
#pragma once

#include <utility>

#include "crypto/base/result.h"
#include "node/net/network.h"

namespace culvert::node {

// Owns one descriptor, or none.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

enum class PortSharing { exclusive, shared };

// A non-blocking listening TCP socket. `shared` sets SO_REUSEPORT, so that each loop has a copy. An
// IPv6 socket takes IPv6 only. permanent `listen-failed` with address and reason, or kNoFamily if
// the machine has no addresses of that family at all.
inline constexpr const char* kNoFamily = "no-address-family";
Result<Socket> listen_on(const SocketAddress& address, PortSharing sharing);

// A non-blocking TCP socket on its way to `address`; ready (or failed) when writable.
// temporary `connect-failed` if even that cannot begin.
Result<Socket> begin_connect(const SocketAddress& address);

// Both ends of a socket; the zero address if there is none (a socket pair).
SocketAddress local_address(const Socket& socket);
SocketAddress peer_address(const Socket& socket);

}  // namespace culvert::node
