#include "node/session/client_name.h"

#include <algorithm>

#include "node/net/dns_records.h"

namespace culvert::node {
namespace {

// Servers accept no other form (RFC 952, RFC 1123, 2.1): labels neither begin nor end with a
// hyphen, and the last is not a number.
bool is_host_name(std::string_view name) {
  std::string_view label;
  for (std::string_view rest = name; !rest.empty();) {
    label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    rest.remove_prefix(std::min(rest.size(), label.size() + 1));
  }
  return label.find_first_not_of("0123456789") != std::string_view::npos;
}

// If an address has several names, the first readable one counts.
std::string first_name(const DnsAnswer& answer) {
  for (const Bytes& record : answer.records) {
    const auto name = parse_ptr(record);
    if (name && is_host_name(*name)) return *name;
  }
  return {};
}

bool holds(const DnsAnswer& answer, const IpAddress& address) {
  return std::any_of(answer.records.begin(), answer.records.end(),
                     [&address](const Bytes& record) { return parse_address(record) == address; });
}

}  // namespace

std::string reverse_name(const IpAddress& address) {
  const ByteView octets = address.octets();
  std::string name;
  for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) {
    if (address.is_v4()) {
      name += std::to_string(*octet) + ".";
    } else {
      constexpr std::string_view digits = "0123456789abcdef";
      name += {digits[*octet & 15u], '.', digits[*octet >> 4u], '.'};
    }
  }
  return name + (address.is_v4() ? "in-addr.arpa" : "ip6.arpa");
}

void find_client_name(Resolver& resolver, const IpAddress& address, Callback<ClientName> on_name) {
  using Known = ClientName::Known;
  if (!address.is_public()) return on_name({});
  resolver.query(
      reverse_name(address), DnsType::ptr,
      [&resolver, address, on_name = std::move(on_name)](const DnsAnswer& pointer) mutable {
        if (pointer.says_nothing()) return on_name({Known::not_now});
        std::string name = first_name(pointer);
        if (name.empty()) return on_name({});
        resolver.query(
            name, address.is_v4() ? DnsType::a : DnsType::aaaa,
            [address, name, on_name = std::move(on_name)](const DnsAnswer& back) mutable {
              if (back.says_nothing()) return on_name({Known::not_now});
              on_name(holds(back, address) ? ClientName{Known::yes, name} : ClientName{});
            });
      });
}

}  // namespace culvert::node
