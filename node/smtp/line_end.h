// The search for line ends that the reader and the writer of DATA share. Pure.
#pragma once

#include <cstring>

#include "crypto/base/bytes.h"

namespace culvert::node {

struct LineEnd {
  enum class Kind {
    none,       // no CR or LF in the octets
    crlf,       // `at` is its CR
    cr_at_end,  // the last octet is a CR, at `at`; what follows it is not known yet
    bare,       // `at` is a CR without LF, or an LF without CR
  };
  Kind kind = Kind::none;
  std::size_t at = 0;  // for `none`, the number of octets
};

// The first line end at or after `from`, which must not point behind a CR that belongs to it.
inline LineEnd find_line_end(ByteView octets, std::size_t from) {
  const auto* begin = octets.data();
  const auto find = [&](int octet, std::size_t to) {
    const void* found = std::memchr(begin + from, octet, to - from);
    return found ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - begin) : to;
  };
  if (from >= octets.size()) return {LineEnd::Kind::none, octets.size()};
  const std::size_t lf = find('\n', octets.size());
  const std::size_t cr = find('\r', lf);
  if (cr == octets.size()) return {LineEnd::Kind::none, cr};
  if (cr == lf) return {LineEnd::Kind::bare, lf};
  if (cr + 1 == octets.size()) return {LineEnd::Kind::cr_at_end, cr};
  if (cr + 1 == lf) return {LineEnd::Kind::crlf, cr};
  return {LineEnd::Kind::bare, cr};
}

}  // namespace culvert::node
