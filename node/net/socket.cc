#include "node/net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "node/net/socket_address.h"

namespace culvert::node {
namespace {

// A burst of connections waits here while a loop is busy.
constexpr int kBacklog = 1024;

// A machine that has the family has its wildcard and loopback addresses.
bool lacks_family(const SocketAddress& address, int error) {
  if (error == EAFNOSUPPORT) return true;
  return error == EADDRNOTAVAIL && (address.ip.is_any() || address.ip.is_loopback());
}

Error listen_failed(const SocketAddress& address, int error) {
  if (lacks_family(address, error)) {
    return permanent_error(kNoFamily, "cannot listen on " + address.text() +
                                          ": this machine has no " +
                                          (address.ip.is_v4() ? "IPv4" : "IPv6"));
  }
  std::string hint;
  if (error == EADDRINUSE) hint = " (another program listens there)";
  if (error == EACCES) hint = " (ports below 1024 need CAP_NET_BIND_SERVICE)";
  return permanent_error("listen-failed",
                         "cannot listen on " + address.text() + ": " + std::strerror(error) + hint);
}

bool set_option(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

int family_of(const SocketAddress& address) { return address.ip.is_v4() ? AF_INET : AF_INET6; }

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Socket::~Socket() { close(); }

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

SystemAddress to_system(const SocketAddress& address) {
  SystemAddress system;
  const ByteView octets = address.ip.octets();
  if (address.ip.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&system.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    std::memcpy(&v4->sin_addr, octets.data(), octets.size());
    system.size = sizeof *v4;
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&system.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    std::memcpy(&v6->sin6_addr, octets.data(), octets.size());
    system.size = sizeof *v6;
  }
  return system;
}

SocketAddress from_system(const sockaddr_storage& storage) {
  SocketAddress address;
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&v4->sin_addr);
    address = {*IpAddress::from_octets({octets, 4}), ntohs(v4->sin_port)};
  } else if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&v6->sin6_addr);
    address = {*IpAddress::from_octets({octets, 16}), ntohs(v6->sin6_port)};
  }
  return address;
}

Result<Socket> listen_on(const SocketAddress& address, PortSharing sharing) {
  Socket socket(::socket(family_of(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return listen_failed(address, errno);
  const int fd = socket.fd();
  const bool prepared =
      set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
      (sharing == PortSharing::exclusive || set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1)) &&
      (address.ip.is_v4() || set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  const SystemAddress system = to_system(address);
  if (!prepared || ::bind(fd, system.get(), system.size) != 0 || ::listen(fd, kBacklog) != 0) {
    return listen_failed(address, errno);
  }
  return socket;
}

Result<Socket> begin_connect(const SocketAddress& address) {
  Socket socket(::socket(family_of(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return temporary_error("connect-failed", std::strerror(errno));
  set_option(socket.fd(), IPPROTO_TCP, TCP_NODELAY, 1);
  const SystemAddress system = to_system(address);
  if (::connect(socket.fd(), system.get(), system.size) != 0 && errno != EINPROGRESS) {
    return temporary_error("connect-failed", std::strerror(errno));
  }
  return socket;
}

SocketAddress local_address(const Socket& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return from_system(storage);
}

SocketAddress peer_address(const Socket& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getpeername(socket.fd(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return from_system(storage);
}

}  // namespace culvert::node
