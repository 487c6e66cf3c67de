// The names of character sets in mail (RFC 2978), and what the system calls them. Only these are
// opened: a name from a stranger must not choose which of the system's roughly three hundred
// converters is loaded.
#pragma once

#include <string_view>

namespace culvert {

struct KnownCharset {
  // The system's converter, which the system may lack; empty for ASCII and for names that say
  // nothing.
  std::string_view converter;
  // Whether all readers assume the same octet order where the text does not give one.
  enum class Order { certain, may_differ } order;
};

// `name` is any octets. Null if it is unknown.
const KnownCharset* find_charset(std::string_view name);

}  // namespace culvert
