// The names of character sets in mail (RFC 2978), and what the system calls them. Only these are
// asked for: a name from a stranger must not choose which of some three hundred converters of the
// system is loaded.
#pragma once

#include <string_view>

namespace culvert {

struct KnownCharset {
  // Of the system, which may lack it; empty: ASCII, and names that say nothing.
  std::string_view converter;
  // Whether all readers take the same order of octets where the text does not tell it.
  enum class Order { certain, may_differ } order;
};

// `name` is any octets. Null if it is unknown.
const KnownCharset* find_charset(std::string_view name);

}  // namespace culvert
