#include "crypto/cms/oid.h"

namespace culvert::crypto {
namespace {

// Longer identifiers, and arcs that need more than 64 bits, exist in no standard that we read.
constexpr std::size_t kMaxOidOctets = 64;
constexpr std::size_t kMaxArcOctets = 9;

}  // namespace

bool is_oid(ByteView octets) {
  if (octets.empty() || octets.size() > kMaxOidOctets || (octets.back() & 0x80) != 0) return false;
  bool at_start = true;
  std::size_t arc_octets = 0;
  for (const std::uint8_t octet : octets) {
    if (at_start && octet == 0x80) return false;
    if (++arc_octets > kMaxArcOctets) return false;
    at_start = (octet & 0x80) == 0;
    if (at_start) arc_octets = 0;
  }
  return true;
}

std::string oid_text(ByteView octets) {
  if (!is_oid(octets)) return "?";
  std::string text;
  std::uint64_t arc = 0;
  for (const std::uint8_t octet : octets) {
    arc = arc << 7 | (octet & 0x7fU);
    if ((octet & 0x80) != 0) continue;
    if (text.empty()) {
      const std::uint64_t root = arc < 80 ? arc / 40 : 2;
      text = std::to_string(root) + "." + std::to_string(arc - root * 40);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
  }
  return text;
}

}  // namespace culvert::crypto
