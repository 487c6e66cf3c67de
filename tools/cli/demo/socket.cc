#include "tools/cli/demo/socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace culvert::cli {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

DemoSocket::DemoSocket(DemoSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffered_(std::move(other.buffered_)) {}

DemoSocket& DemoSocket::operator=(DemoSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(buffered_, other.buffered_);
  return *this;
}

DemoSocket::~DemoSocket() {
  if (fd_ >= 0) ::close(fd_);
}

std::string DemoSocket::read_some() {
  if (!buffered_.empty()) return std::exchange(buffered_, {});
  std::array<char, 65536> piece;
  ssize_t got = 0;
  do {
    got = ::recv(fd_, piece.data(), piece.size(), 0);
  } while (got < 0 && errno == EINTR);
  return got > 0 ? std::string(piece.data(), static_cast<std::size_t>(got)) : std::string();
}

std::optional<std::string> DemoSocket::read_line() {
  std::string line;
  while (true) {
    const std::string piece = read_some();
    if (piece.empty()) break;
    const std::size_t end = piece.find('\n');
    line += piece.substr(0, end == std::string::npos ? end : end + 1);
    if (end == std::string::npos) continue;
    buffered_ = piece.substr(end + 1);
    return line;
  }
  return line.empty() ? std::nullopt : std::optional(line);
}

bool DemoSocket::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void DemoSocket::shut() {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

DemoSocket connect_loopback(std::uint16_t port) {
  DemoSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  if (!socket ||
      ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return socket;
}

DemoListener::DemoListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) fail("no socket for the demo");
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd_, name, size) != 0 || ::listen(fd_, 64) != 0 ||
      ::getsockname(fd_, name, &size) != 0) {
    ::close(fd_);
    fail("no port on 127.0.0.1 for the demo");
  }
  port_ = ntohs(address.sin_port);
}

DemoListener::~DemoListener() { ::close(fd_); }

DemoSocket DemoListener::accept() {
  while (true) {
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) return DemoSocket(fd);
    if (errno != EINTR && errno != ECONNABORTED) return {};
  }
}

void DemoListener::shut() { ::shutdown(fd_, SHUT_RDWR); }

}  // namespace culvert::cli
