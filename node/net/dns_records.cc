#include "node/net/dns_records.h"

#include "crypto/base/ascii.h"

namespace culvert::node {
namespace {

constexpr std::size_t kMaxNameOctets = 255;  // RFC 1035, 2.3.4, wire form
constexpr std::size_t kMaxLabelOctets = 63;

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::uint16_t number_at(ByteView rdata, std::size_t at) {
  return static_cast<std::uint16_t>(rdata[at] << 8 | rdata[at + 1]);
}

// The whole of `octets` as one uncompressed name.
std::optional<std::string> parse_name(ByteView octets) {
  if (octets.empty() || octets.size() > kMaxNameOctets) return std::nullopt;
  std::string name;
  std::size_t at = 0;
  while (octets[at] != 0) {
    const std::size_t length = octets[at];
    // The final root label must still follow.
    if (length > kMaxLabelOctets || at + 1 + length >= octets.size()) return std::nullopt;
    if (!name.empty()) name += '.';
    for (std::size_t i = at + 1; i <= at + length; ++i) {
      const char lower = lower_case(static_cast<char>(octets[i]));
      if (!is_host_character(lower)) return std::nullopt;
      name += lower;
    }
    at += 1 + length;
  }
  if (at + 1 != octets.size()) return std::nullopt;
  return name;
}

}  // namespace

std::optional<MxRecord> parse_mx(ByteView rdata) {
  if (rdata.size() < 3) return std::nullopt;
  std::optional<std::string> exchange = parse_name(rdata.subspan(2));
  if (!exchange) return std::nullopt;
  return MxRecord{number_at(rdata, 0), std::move(*exchange)};
}

std::optional<SrvRecord> parse_srv(ByteView rdata) {
  if (rdata.size() < 7) return std::nullopt;
  std::optional<std::string> target = parse_name(rdata.subspan(6));
  if (!target) return std::nullopt;
  return SrvRecord{number_at(rdata, 0), number_at(rdata, 2), number_at(rdata, 4),
                   std::move(*target)};
}

std::optional<std::string> parse_ptr(ByteView rdata) { return parse_name(rdata); }

std::optional<std::string> parse_txt(ByteView rdata) {
  if (rdata.empty()) return std::nullopt;
  std::string text;
  while (!rdata.empty()) {
    const std::size_t length = rdata[0];
    if (length + 1 > rdata.size()) return std::nullopt;
    text += as_text(rdata.subspan(1, length));
    rdata = rdata.subspan(length + 1);
  }
  return text;
}

std::optional<IpAddress> parse_address(ByteView rdata) {
  const Result<IpAddress> address = IpAddress::from_octets(rdata);
  if (!address) return std::nullopt;
  return *address;
}

}  // namespace culvert::node
