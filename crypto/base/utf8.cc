#include "crypto/base/utf8.h"

#include <algorithm>

namespace culvert {
namespace {

unsigned octet(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool continues(std::string_view text, std::size_t from, std::size_t to) {
  if (text.size() < to) return false;
  for (std::size_t i = from; i < to; ++i) {
    if ((octet(text, i) & 0xc0) != 0x80) return false;
  }
  return true;
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned first = octet(text, 0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(text, 1, 2) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!continues(text, 1, 3)) return 0;
    const unsigned second = octet(text, 1);
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second >= 0xa0) return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!continues(text, 1, 4)) return 0;
    const unsigned second = octet(text, 1);
    if (first == 0xf0 && second < 0x90) return 0;
    if (first == 0xf4 && second >= 0x90) return 0;
    return 4;
  }
  return 0;
}

char32_t utf8_code_point(std::string_view sequence) {
  if (sequence.size() == 1) return octet(sequence, 0);
  // The first octet of n holds 7 - n bits, the others six each.
  char32_t c = octet(sequence, 0) & (0x7fU >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i)
    c = c << 6U | (octet(sequence, i) & 0x3fU);
  return c;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace culvert
