#include "node/net/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// The special-purpose address registries (RFC 6890 and later additions) and multicast. Blocks that
// the registry calls globally reachable but that never hold a mail node are listed too.
constexpr std::string_view kSpecialV4[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
};
// Within 2000::/3, the only global unicast space. 6to4 is here because it embeds any IPv4 address.
constexpr std::string_view kSpecialV6[] = {
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
};

Error bad_address(std::string_view text) {
  return permanent_error("bad-address", "'" + printable(text, 80) + "' is not an IP address");
}

template <std::size_t N>
bool in_any(const IpAddress& address, const std::string_view (&blocks)[N]) {
  return std::any_of(std::begin(blocks), std::end(blocks), [&](std::string_view block) {
    return IpNetwork::parse(block)->contains(address);
  });
}

std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || at != end || value > most) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

// True if the first `bits` bits are equal; both hold enough octets.
bool same_prefix(ByteView a, ByteView b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()))
    return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  return ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool zero_behind(ByteView octets, unsigned bits) {
  for (unsigned bit = bits; bit < octets.size() * 8; ++bit) {
    if (((octets[bit / 8] >> (7 - bit % 8)) & 1) != 0) return false;
  }
  return true;
}

}  // namespace

Result<IpAddress> IpAddress::from_octets(ByteView octets) {
  if (octets.size() != 4 && octets.size() != 16) return bad_address("a wrong number of octets");
  if (octets.size() == 16 &&
      std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), octets.begin())) {
    octets = octets.subspan(kMappedPrefix.size());
  }
  IpAddress address;
  address.size_ = static_cast<std::uint8_t>(octets.size());
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton stops at a NUL, so one in the text must not reach it.
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
    return bad_address(text);
  }
  const std::string terminated(text);
  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) {
    return from_octets(ByteView(octets).first(4));
  }
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return from_octets(octets);
  return bad_address(text);
}

std::string IpAddress::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(is_v4() ? AF_INET : AF_INET6, octets_.data(), text, sizeof text);
  return text;
}

bool IpAddress::is_public() const {
  if (is_v4()) return !in_any(*this, kSpecialV4);
  // NAT64 (RFC 6052): as public as the IPv4 address inside.
  if (IpNetwork::parse("64:ff9b::/96")->contains(*this)) {
    return IpAddress::from_octets(octets().subspan(12))->is_public();
  }
  return IpNetwork::parse("2000::/3")->contains(*this) && !in_any(*this, kSpecialV6);
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return octets_[0] == 127;
  return *this == *IpAddress::parse("::1");
}

bool IpAddress::is_any() const {
  return std::all_of(octets_.begin(), octets_.end(), [](std::uint8_t octet) { return octet == 0; });
}

IpAddress IpAddress::as_counted() const { return IpNetwork::around(*this, kHostPrefix).base(); }

IpNetwork IpNetwork::around(const IpAddress& address, const PrefixBits& bits) {
  IpNetwork network;
  network.base_ = address;
  network.prefix_bits_ = address.is_v4() ? bits.v4 : bits.v6;
  auto& octets = network.base_.octets_;
  std::size_t whole = network.prefix_bits_ / 8;
  if (const unsigned rest = network.prefix_bits_ % 8; rest != 0)
    octets[whole++] &= static_cast<std::uint8_t>(0xFF00U >> rest);
  std::fill(octets.begin() + static_cast<std::ptrdiff_t>(whole), octets.end(), std::uint8_t{0});
  return network;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const Error bad = permanent_error(
      "bad-network", "'" + printable(text, 80) + "' is not a network such as 192.0.2.0/24");
  const std::size_t slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  const Result<IpAddress> base = IpAddress::parse(address_text);
  if (!base) return bad;
  const bool mapped = base->is_v4() && address_text.find(':') != std::string_view::npos;
  const unsigned width = mapped || !base->is_v4() ? 128 : 32;
  unsigned prefix = width;
  if (slash != std::string_view::npos) {
    const std::optional<unsigned> number = parse_number(text.substr(slash + 1), width);
    if (!number) return bad;
    prefix = *number;
  }
  if (mapped) {
    if (prefix < 96) return bad;
    prefix -= 96;
  }
  if (!zero_behind(base->octets(), prefix)) return bad;
  IpNetwork network;
  network.base_ = *base;
  network.prefix_bits_ = prefix;
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  if (address.is_v4() != base_.is_v4()) return false;
  return same_prefix(address.octets(), base_.octets(), prefix_bits_);
}

std::string IpNetwork::text() const { return base_.text() + "/" + std::to_string(prefix_bits_); }

Result<SocketAddress> SocketAddress::parse(std::string_view text) {
  const Error bad = permanent_error("bad-address", "'" + printable(text, 80) +
                                                       "' is not an address with a port, such as "
                                                       "192.0.2.1:25 or [2001:db8::1]:25");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  const std::optional<unsigned> port = parse_number(text.substr(colon + 1), 65535);
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  // Without brackets, `::1:25` could be read in two ways.
  if (!port || bracketed != (host.find(':') != std::string_view::npos)) return bad;
  const Result<IpAddress> ip = IpAddress::parse(host);
  if (!ip) return bad;
  return SocketAddress{*ip, static_cast<std::uint16_t>(*port)};
}

std::string SocketAddress::text() const {
  const std::string host = ip.is_v4() ? ip.text() : "[" + ip.text() + "]";
  return host + ":" + std::to_string(port);
}

}  // namespace culvert::node
