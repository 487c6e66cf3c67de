#include "node/config/host_and_port.h"

#include <algorithm>
#include <charconv>

#include "crypto/base/names.h"
#include "node/net/network.h"

namespace culvert::node {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view digits, std::uint64_t limit) {
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || value > limit) return std::nullopt;
  return value;
}

std::optional<HostAndPort> split_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || rest.size() == 1)) return std::nullopt;
    return HostAndPort{text.substr(1, end - 1), rest.empty() ? rest : rest.substr(1), true};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return HostAndPort{text, {}, false};
  if (colon + 1 == text.size()) return std::nullopt;
  return HostAndPort{text.substr(0, colon), text.substr(colon + 1), false};
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  const auto value = parse_number(digits, 65535);
  return value ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
}

std::optional<Host> parse_host(const HostAndPort& split) {
  if (const auto address = IpAddress::parse(split.host)) {
    if (address->is_v4() == split.bracketed) return std::nullopt;
    return Host{address->text(), !address->is_v4()};
  }
  auto domain = Domain::parse(split.host);
  if (split.bracketed || !domain) return std::nullopt;
  return Host{domain->text(), false};
}

}  // namespace culvert::node
