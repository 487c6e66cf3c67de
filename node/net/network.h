// Addresses of machines and networks as values: parse, compare, match, and tell which are public.
// An IPv4 address mapped into IPv6 (::ffff:a.b.c.d) becomes the IPv4 address, so that no rule can
// be dodged by writing it differently. No I/O; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::node {

// How many leading bits the addresses of one holder share.
struct PrefixBits {
  unsigned v4;
  unsigned v6;
};
// One host: it may take any IPv6 address of its link.
inline constexpr PrefixBits kHostPrefix{32, 64};
// What one organisation or one customer of a provider gets (RFC 6177).
inline constexpr PrefixBits kSitePrefix{24, 48};
// What one provider, or one part of a large provider, gets at least.
inline constexpr PrefixBits kProviderPrefix{16, 32};

class IpAddress {
 public:
  // 0.0.0.0.
  IpAddress() = default;
  // Dotted decimal or RFC 4291 text, without brackets, port or zone. permanent `bad-address`.
  static Result<IpAddress> parse(std::string_view text);
  // 4 or 16 octets in network order; permanent `bad-address` for any other count.
  static Result<IpAddress> from_octets(ByteView octets);

  bool is_v4() const { return size_ == 4; }
  // 4 or 16 octets in network order.
  ByteView octets() const { return {octets_.data(), size_}; }
  // `192.0.2.1` or `2001:db8::1` (RFC 5952).
  std::string text() const;
  // True if anybody on the internet could have it: not in a special-purpose block of RFC 6890 and
  // its registries (private, shared, loopback, link-local, documentation, multicast, …).
  bool is_public() const;
  // 127.0.0.0/8 or ::1.
  bool is_loopback() const;
  // 0.0.0.0 or ::, which as a listen address means every address.
  bool is_any() const;

  // The address that stands for a client where hosts have shares: the first one of its kHostPrefix.
  IpAddress as_counted() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  friend class IpNetwork;
  std::uint8_t size_ = 4;
  std::array<std::uint8_t, 16> octets_{};
};

// A block of addresses in CIDR form.
class IpNetwork {
 public:
  // `192.0.2.0/24`, `2001:db8::/32`, or one address. Bits behind the prefix must be zero.
  // permanent `bad-network`.
  static Result<IpNetwork> parse(std::string_view text);
  // The block of that size that contains the address: 192.0.2.0/24 for 192.0.2.7.
  static IpNetwork around(const IpAddress& address, const PrefixBits& bits);
  bool contains(const IpAddress& address) const;
  // The first address, and how many leading bits all addresses share.
  const IpAddress& base() const { return base_; }
  unsigned prefix_bits() const { return prefix_bits_; }
  std::string text() const;
  auto operator<=>(const IpNetwork&) const = default;

 private:
  IpAddress base_;
  unsigned prefix_bits_ = 0;
};

// An address and a port.
struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  // `192.0.2.1:25` or `[2001:db8::1]:25`; the port may be 0. permanent `bad-address`.
  static Result<SocketAddress> parse(std::string_view text);
  std::string text() const;
  auto operator<=>(const SocketAddress&) const = default;
};

}  // namespace culvert::node
