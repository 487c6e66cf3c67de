#include "node/net/this_machine.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>

#include "crypto/base/ascii.h"
#include "node/net/socket_address.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxHostName = 256;

std::string comparable(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower_case(name);
}

std::string host_name() {
  std::array<char, kMaxHostName + 1> name{};
  if (::gethostname(name.data(), kMaxHostName) != 0) return {};
  return comparable(name.data());
}

std::string read_hosts_file() {
  std::ifstream in("/etc/hosts", std::ios::binary);
  std::string text(kMaxHostsFileBytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::size_t size_of(const sockaddr& address) {
  switch (address.sa_family) {
    case AF_INET:
      return sizeof(sockaddr_in);
    case AF_INET6:
      return sizeof(sockaddr_in6);
    default:
      return 0;
  }
}

}  // namespace

HostsFile parse_hosts_file(std::string_view text) {
  HostsFile hosts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    std::istringstream words{std::string(line)};
    std::string address;
    words >> address;
    // The zone of a link-local address.
    const auto ip = IpAddress::parse(std::string_view(address).substr(0, address.find('%')));
    if (!ip) continue;
    for (std::string name; words >> name;)
      hosts.emplace(comparable(name), *ip);
  }
  return hosts;
}

std::vector<IpAddress> machine_addresses() {
  std::vector<IpAddress> addresses;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return addresses;
  for (const ifaddrs* at = all; at != nullptr; at = at->ifa_next) {
    const std::size_t size = at->ifa_addr == nullptr ? 0 : size_of(*at->ifa_addr);
    if (size == 0) continue;
    sockaddr_storage storage{};
    std::memcpy(&storage, at->ifa_addr, size);
    addresses.push_back(from_system(storage).ip);
  }
  ::freeifaddrs(all);
  return addresses;
}

ThisMachine this_machine() {
  return {machine_addresses(), host_name(), parse_hosts_file(read_hosts_file())};
}

}  // namespace culvert::node
