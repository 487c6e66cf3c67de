// is_der of ber_reader.h. What signatures are computed over must have only one encoding; otherwise
// what was verified is not what was sent.
#include <algorithm>

#include "crypto/cms/ber_reader.h"
#include "crypto/cms/oid.h"

namespace culvert::crypto {
namespace {

struct Element {
  std::uint8_t identifier;
  ByteView content;
  ByteView whole;
};

// The element at the front of `in`, if its header has the shortest form; `in` moves past it.
std::optional<Element> next_element(ByteView& in) {
  if (in.size() < 2 || (in[0] & 0x1f) == 0x1f) return std::nullopt;
  std::size_t header = 2;
  std::size_t length = in[1];
  if (length >= 0x80) {
    const std::size_t count = length & 0x7f;
    if (count == 0 || count > 4 || in.size() < 2 + count || in[2] == 0) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i)
      length = length << 8 | in[2 + i];
    if (length < 0x80) return std::nullopt;
    header += count;
  }
  if (length > in.size() - header) return std::nullopt;
  const Element found{in[0], in.subspan(header, length), in.first(header + length)};
  in = in.subspan(header + length);
  return found;
}

bool is_string_tag(std::uint8_t number) {
  return number == kTagBitString || number == kTagOctetString || number == 0x0c ||
         (number >= 0x12 && number <= 0x1e);
}

bool primitive_is_der(const Element& element) {
  const ByteView content = element.content;
  switch (element.identifier) {
    case kTagBoolean:
      return content.size() == 1 && (content[0] == 0 || content[0] == 0xff);
    case kTagInteger:
      return !content.empty() &&
             (content.size() == 1 || !((content[0] == 0 && (content[1] & 0x80) == 0) ||
                                       (content[0] == 0xff && (content[1] & 0x80) != 0)));
    case kTagNull:
      return content.empty();
    case kTagOid:
      return is_oid(content);
    case kTagSequence & ~kConstructedBit:
    case kTagSet & ~kConstructedBit:
    case kTagEnd:
      return false;
    default:
      return true;
  }
}

bool element_is_der(const Element& element, OuterForm form, std::size_t depth);

// The elements of a SET OF ascend by their encodings (X.690, 11.6).
bool content_is_der(ByteView content, bool is_set, std::size_t depth) {
  ByteView before;
  while (!content.empty()) {
    const auto child = next_element(content);
    if (!child || !element_is_der(*child, OuterForm::as_tagged, depth)) return false;
    if (is_set && std::lexicographical_compare(child->whole.begin(), child->whole.end(),
                                               before.begin(), before.end())) {
      return false;
    }
    before = child->whole;
  }
  return true;
}

bool element_is_der(const Element& element, OuterForm form, std::size_t depth) {
  if ((element.identifier & kConstructedBit) == 0) return primitive_is_der(element);
  if (depth == kMaxBerDepth) return false;
  const bool universal = (element.identifier & 0xc0) == 0;
  if (universal && is_string_tag(element.identifier & 0x1f)) return false;
  const bool is_set = form == OuterForm::set_of || element.identifier == kTagSet;
  return content_is_der(element.content, is_set, depth + 1);
}

}  // namespace

bool is_der(ByteView element, OuterForm outer) {
  const auto whole = next_element(element);
  return whole && element.empty() && element_is_der(*whole, outer, 0);
}

}  // namespace culvert::crypto
