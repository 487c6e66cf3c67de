#include "node/net/certificate_name.h"

#include <botan/pkix_types.h>
#include <fmt/format.h>

#include <algorithm>

#include "crypto/base/log.h"
#include "node/net/network.h"

namespace culvert::node {
namespace {

constexpr std::size_t kNamesShown = 3;
constexpr std::size_t kNameShown = 80;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool matches(std::string_view name, std::string_view host) {
  if (!name.starts_with("*.")) return same_name(name, host);
  const std::string_view rest = name.substr(1);
  const std::size_t dot = host.find('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  // `*.example` would match everybody below a top-level domain.
  return rest.find('.', 1) != std::string_view::npos && same_name(rest, host.substr(dot));
}

bool names_address(const Botan::AlternativeName& names, const IpAddress& address) {
  const ByteView octets = address.octets();
  if (address.is_v4()) {
    std::uint32_t number = 0;
    for (const std::uint8_t octet : octets)
      number = number << 8 | octet;
    return names.ipv4_address().contains(number);
  }
  return names.ipv6_address().contains(Botan::IPv6Address(octets.first<16>()));
}

}  // namespace

bool names_host(const Botan::X509_Certificate& certificate, const std::string& host) {
  const Botan::AlternativeName& names = certificate.subject_alt_name();
  if (const auto address = IpAddress::parse(host)) return names_address(names, *address);
  return std::any_of(names.dns().begin(), names.dns().end(),
                     [&](const std::string& name) { return matches(name, host); });
}

std::string names_of(const Botan::X509_Certificate& certificate) {
  const Botan::AlternativeName& names = certificate.subject_alt_name();
  std::vector<std::string> all(names.dns().begin(), names.dns().end());
  for (const std::uint32_t number : names.ipv4_address()) {
    all.push_back(fmt::format("{}.{}.{}.{}", number >> 24, number >> 16 & 255, number >> 8 & 255,
                              number & 255));
  }
  for (const Botan::IPv6Address& address : names.ipv6_address())
    all.push_back(address.to_string());
  if (all.empty()) return "no host";
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kNamesShown); ++i) {
    text += (i > 0 ? ", " : "") + printable(all[i], kNameShown);
  }
  return all.size() > kNamesShown ? fmt::format("{} and {} more", text, all.size() - kNamesShown)
                                  : text;
}

}  // namespace culvert::node
