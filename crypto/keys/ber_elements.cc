#include "crypto/keys/ber_elements.h"

#include <algorithm>
#include <optional>

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kConstructedBit = 0x20;
constexpr std::uint8_t kHighTagNumber = 0x1f;
constexpr std::uint8_t kIndefinite = 0x80;

struct Header {
  std::size_t size = 0;                // octets of identifier and length
  std::optional<std::size_t> content;  // nothing if indefinite
};

// Nothing if no element can begin like this.
std::optional<Header> read_header(ByteView in) {
  if (in.size() < 2 || (in[0] & kHighTagNumber) == kHighTagNumber || in[0] == 0)
    return std::nullopt;
  if (in[1] < kIndefinite) return Header{2, in[1]};
  if (in[1] == kIndefinite) {
    if ((in[0] & kConstructedBit) == 0) return std::nullopt;
    return Header{2, std::nullopt};
  }
  const std::size_t count = in[1] & 0x7f;
  if (count > 4 || in.size() < 2 + count) return std::nullopt;
  std::size_t length = 0;
  for (const std::uint8_t octet : in.subspan(2, count))
    length = length << 8 | octet;
  return Header{2 + count, length};
}

bool at_end_mark(ByteView in) { return in.size() >= 2 && in[0] == 0 && in[1] == 0; }

// The octets up to the end-of-contents mark that ends the content at the front of `in`; nothing if
// there is no such mark.
std::optional<std::size_t> find_end_mark(ByteView in, std::size_t level) {
  if (level > kMaxBerLevels) return std::nullopt;
  std::size_t at = 0;
  while (!at_end_mark(in.subspan(at))) {
    const auto header = read_header(in.subspan(at));
    if (!header) return std::nullopt;
    at += header->size;
    std::optional<std::size_t> length = header->content;
    if (!length) {
      length = find_end_mark(in.subspan(at), level + 1);
      if (!length) return std::nullopt;
      *length += 2;
    }
    if (*length > in.size() - at) return std::nullopt;
    at += *length;
  }
  return at;
}

BerTag constructed(BerTag tag) {
  return static_cast<BerTag>(static_cast<std::uint8_t>(tag) | kConstructedBit);
}

std::optional<std::uint32_t> next_arc(ByteView& octets) {
  std::uint64_t arc = 0;
  if (octets.empty() || octets[0] == 0x80) return std::nullopt;
  while (!octets.empty()) {
    const std::uint8_t octet = octets[0];
    octets = octets.subspan(1);
    arc = arc << 7 | (octet & 0x7f);
    if (arc > 0xffffffff) return std::nullopt;
    if ((octet & 0x80) == 0) return static_cast<std::uint32_t>(arc);
  }
  return std::nullopt;
}

}  // namespace

ByteView BerElements::fail() {
  good_ = false;
  left_ = {};
  return {};
}

BerTag BerElements::peek() const {
  return left_.empty() ? BerTag::none : static_cast<BerTag>(left_[0]);
}

BerElements::Element BerElements::next() {
  const auto header = read_header(left_);
  Element element;
  if (!header) {
    fail();
    return element;
  }
  const ByteView rest = left_.subspan(header->size);
  const auto length = header->content ? header->content : find_end_mark(rest, level_ + 1);
  if (!length || *length > rest.size()) {
    fail();
    return element;
  }
  element.content = rest.first(*length);
  const std::size_t mark = header->content ? 0 : 2;
  element.whole = left_.first(header->size + *length + mark);
  left_ = left_.subspan(element.whole.size());
  return element;
}

BerElements BerElements::enter(BerTag tag) {
  BerElements inside({}, level_ + 1);
  if (peek() != tag || level_ >= kMaxBerLevels) fail();
  if (good_) inside.left_ = next().content;
  inside.good_ = good_;
  return inside;
}

ByteView BerElements::content(BerTag tag) {
  if (!good_ || peek() != tag) return fail();
  return next().content;
}

ByteView BerElements::whole() {
  if (!good_) return {};
  return next().whole;
}

bool BerElements::collect(std::vector<ByteView>& pieces) {
  while (more()) {
    if (peek() == BerTag::octet_string) {
      pieces.push_back(content(BerTag::octet_string));
      continue;
    }
    BerElements inside = enter(constructed(BerTag::octet_string));
    if (!inside.collect(pieces)) return false;
  }
  return good_;
}

SecretBytes BerElements::octets(BerTag tag) {
  if (peek() == tag) return SecretBytes(content(tag));
  BerElements inside = enter(constructed(tag));
  std::vector<ByteView> pieces;
  if (!inside.collect(pieces)) {
    fail();
    return {};
  }
  // Allocated once: growing would leave copies behind that nobody wipes.
  std::size_t size = 0;
  for (const ByteView piece : pieces)
    size += piece.size();
  SecretBytes all(size);
  auto out = all.writable().begin();
  for (const ByteView piece : pieces)
    out = std::copy(piece.begin(), piece.end(), out);
  return all;
}

std::string BerElements::oid() {
  ByteView octets = content(BerTag::oid);
  std::string dotted;
  while (!octets.empty()) {
    const auto arc = next_arc(octets);
    if (!arc) break;
    if (dotted.empty()) {
      const std::uint32_t first = std::min<std::uint32_t>(*arc / 40, 2);
      dotted = std::to_string(first) + "." + std::to_string(*arc - first * 40);
    } else {
      dotted += "." + std::to_string(*arc);
    }
    if (octets.empty()) return dotted;
  }
  fail();
  return {};
}

std::uint64_t BerElements::number() {
  const ByteView octets = content(BerTag::integer);
  const bool padded = octets.size() > 1 && octets[0] == 0 && (octets[1] & 0x80) == 0;
  if (octets.empty() || octets.size() > 8 || (octets[0] & 0x80) != 0 || padded) {
    fail();
    return 0;
  }
  std::uint64_t value = 0;
  for (const std::uint8_t octet : octets)
    value = value << 8 | octet;
  return value;
}

void BerElements::optional_null() {
  if (peek() == BerTag::null && !content(BerTag::null).empty()) fail();
}

}  // namespace culvert::crypto
