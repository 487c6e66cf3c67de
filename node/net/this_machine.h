// The names and addresses of this machine, as far as it knows them without asking anybody: its
// interfaces, its host name, and /etc/hosts, which the resolver reads too.
//
// Any thread. Never waits for a network.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "node/net/network.h"

namespace culvert::node {

// A longer /etc/hosts is read up to here: a file may block thousands of names, but not a million.
inline constexpr std::size_t kMaxHostsFileBytes = 4 * 1024 * 1024;

// Names in lower case, without a final dot (hosts(5)). Lines of any other form are skipped.
using HostsFile = std::multimap<std::string, IpAddress, std::less<>>;
HostsFile parse_hosts_file(std::string_view text);

struct ThisMachine {
  std::vector<IpAddress> addresses{};  // of interfaces that are up, loopback included
  std::string name{};                  // lower case; empty: it has none
  HostsFile hosts{};
};
// Whatever cannot be read is left empty.
ThisMachine this_machine();
// The addresses alone.
std::vector<IpAddress> machine_addresses();

}  // namespace culvert::node
