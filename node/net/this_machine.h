// What this machine is called and at which addresses it is reached, as far as it knows without
// asking anybody: its interfaces, its host name, and /etc/hosts, which the resolver reads too.
//
// Any thread. Never waits for a network.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "node/net/network.h"

namespace culvert::node {

// A longer /etc/hosts is read up to here: it may block thousands of names, but no million.
inline constexpr std::size_t kMaxHostsFileBytes = 4 * 1024 * 1024;

// Names in lower case, without a final dot (hosts(5)). Lines that are none are passed over.
using HostsFile = std::multimap<std::string, IpAddress, std::less<>>;
HostsFile parse_hosts_file(std::string_view text);

struct ThisMachine {
  std::vector<IpAddress> addresses{};  // of interfaces that are up, loopback with them
  std::string name{};                  // lower case; empty: it has none
  HostsFile hosts{};
};
// What cannot be read is left empty.
ThisMachine this_machine();
// Its addresses alone.
std::vector<IpAddress> machine_addresses();

}  // namespace culvert::node
