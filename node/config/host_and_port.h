// The host and port of a URL or address that an administrator wrote. Inside node/config; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culvert::node {

// Digits only, at most `limit`; for any other text, nothing.
std::optional<std::uint64_t> parse_number(std::string_view digits, std::uint64_t limit);

struct HostAndPort {
  std::string_view host;
  std::string_view port;  // empty if there is none
  bool bracketed = false;
};

// `host`, `host:port`, `[host]`, `[host]:port`; neither part is checked. Nothing if no port follows
// a colon or a bracket has no partner.
std::optional<HostAndPort> split_port(std::string_view text);

std::optional<std::uint16_t> parse_port(std::string_view digits);

struct Host {
  std::string text;  // a domain name in A-labels, or a numeric address without brackets
  bool is_ipv6 = false;
};

// A domain name or an address; only IPv6 may be in brackets.
std::optional<Host> parse_host(const HostAndPort& split);

}  // namespace culvert::node
