// Socket addresses in the form that system calls want. Inside node/net only.
#pragma once

#include <sys/socket.h>

#include "node/net/network.h"

namespace culvert::node {

struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SystemAddress to_system(const SocketAddress& address);
// The zero address if `storage` is neither IPv4 nor IPv6.
SocketAddress from_system(const sockaddr_storage& storage);

}  // namespace culvert::node
