#include "node/config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "node/config/host_and_port.h"

namespace culvert::node {
namespace {

Error bad(std::string text) { return permanent_error("bad-value", std::move(text)); }

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Digits, then one of the units. Blanks between them are allowed.
template <std::size_t N>
std::optional<std::uint64_t> number_with_unit(std::string_view text,
                                              const std::array<Unit, N>& units) {
  constexpr std::uint64_t kLimit = std::numeric_limits<std::int64_t>::max();
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  auto unit = text.substr(digits.size());
  while (unit.starts_with(' '))
    unit.remove_prefix(1);
  for (const Unit& known : units) {
    if (unit == known.name) {
      const auto value = parse_number(digits, kLimit / known.factor);
      return value ? std::optional(*value * known.factor) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool is_field_name_octet(char c) { return c > 0x20 && c < 0x7f && c != ':'; }

bool is_value_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x20 && octet < 0x7f;
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array<Unit, 7> kUnits{{{"B", 1},
                                               {"KB", 1'000},
                                               {"MB", 1'000'000},
                                               {"GB", 1'000'000'000},
                                               {"KiB", 1ULL << 10},
                                               {"MiB", 1ULL << 20},
                                               {"GiB", 1ULL << 30}}};
  if (const auto value = number_with_unit(text, kUnits)) return *value;
  return bad(fmt::format("'{}' is not a size; write a number with B, KB, MB, GB, KiB, MiB or GiB",
                         printable(text, 40)));
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  static constexpr std::array<Unit, 4> kUnits{{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
  const auto value = number_with_unit(text, kUnits);
  // A century; keeps sums of times far from overflow.
  constexpr std::uint64_t kLongest = 36525ULL * 86400;
  if (value && *value <= kLongest) return std::chrono::seconds(*value);
  return bad(
      fmt::format("'{}' is not a time; write a number with s, m, h or d", printable(text, 40)));
}

Result<SocketAddress> parse_listen_address(std::string_view text) {
  auto address = SocketAddress::parse(text);
  if (address) return address;
  return bad(fmt::format("'{}' is not an address with a port; write 127.0.0.1:25 or [::1]:25",
                         printable(text, 80)));
}

Result<SocketAddress> parse_resolver(std::string_view text) {
  constexpr std::uint16_t kDnsPort = 53;
  if (const auto bare = IpAddress::parse(text)) return SocketAddress{*bare, kDnsPort};
  auto address = SocketAddress::parse(text);
  if (address && address->port != 0) return address;
  return bad(fmt::format("'{}' is not a server; write its numeric address, or address:port",
                         printable(text, 80)));
}

Result<IpNetwork> parse_network(std::string_view text) {
  auto network = IpNetwork::parse(text);
  if (network) return network;
  return bad(
      fmt::format("'{}' is not a network; write 192.168.0.0/16 or 2001:db8::/32, with no "
                  "bit set behind the prefix",
                  printable(text, 80)));
}

bool is_public_network(const IpNetwork& network) {
  static constexpr std::array<std::string_view, 16> kSpecial{
      "127.0.0.0/8",    "10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16",
      "169.254.0.0/16", "100.64.0.0/10", "192.0.2.0/24",  "198.51.100.0/24",
      "203.0.113.0/24", "198.18.0.0/15", "240.0.0.0/4",   "::1/128",
      "fc00::/7",       "fe80::/10",     "2001:db8::/32", "3fff::/20"};
  return std::none_of(kSpecial.begin(), kSpecial.end(), [&](std::string_view text) {
    const auto special = IpNetwork::parse(text);
    return special && special->prefix_bits() <= network.prefix_bits() &&
           special->contains(network.base());
  });
}

Result<std::string> parse_peering_url(std::string_view url) {
  std::string_view rest = url;
  if (!rest.starts_with("https://")) {
    return bad(fmt::format("'{}' does not start with https://", printable(url, 80)));
  }
  rest.remove_prefix(8);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto split = split_port(rest);
  const auto host = split ? parse_host(*split) : std::nullopt;
  if (!host || (!split->port.empty() && parse_port(split->port).value_or(0) == 0)) {
    return bad(
        fmt::format("'{}' is not https:// with a host and at most a port", printable(url, 80)));
  }
  const std::string name = host->is_ipv6 ? "[" + host->text + "]" : host->text;
  return "https://" + name + (split->port.empty() ? "" : ":" + std::string(split->port));
}

Result<RequiredHeader> parse_required_header(std::string_view text) {
  constexpr std::string_view kPrefix = "header:";
  if (text.starts_with(kPrefix)) {
    const auto field = trimmed(text.substr(kPrefix.size()));
    const auto colon = field.find(':');
    const auto name = trimmed(field.substr(0, colon));
    const auto value = colon == std::string_view::npos ? "" : trimmed(field.substr(colon + 1));
    if (!name.empty() && !value.empty() &&
        std::all_of(name.begin(), name.end(), is_field_name_octet) &&
        std::all_of(value.begin(), value.end(), is_value_octet)) {
      return RequiredHeader{std::string(name), std::string(value)};
    }
  }
  return bad("is not a header field; write \"header: X-Our-Secret: some long secret\"");
}

}  // namespace culvert::node
