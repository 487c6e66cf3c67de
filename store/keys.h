// Keys of records, put together from parts: octets, numbers (big-endian, so that they sort), text.
#pragma once

#include <algorithm>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"

namespace culvert::store {

class KeyWriter {
 public:
  KeyWriter& bytes(ByteView octets) {
    append(out_, octets);
    return *this;
  }
  KeyWriter& text(std::string_view octets) { return bytes(as_bytes(octets)); }
  // Text that is followed by another part. Must not hold NUL.
  KeyWriter& text_nul(std::string_view octets) { return text(octets).octet(0); }
  KeyWriter& octet(std::uint8_t value) {
    out_.push_back(value);
    return *this;
  }
  KeyWriter& number16(std::uint16_t value) { return number(value, 2); }
  KeyWriter& number64(std::uint64_t value) { return number(value, 8); }
  // Times before 1970 count as 1970.
  KeyWriter& time(Time value) {
    return number64(static_cast<std::uint64_t>(std::max<std::int64_t>(to_unix(value), 0)));
  }
  Bytes take() { return std::move(out_); }

 private:
  KeyWriter& number(std::uint64_t value, int octets) {
    for (int i = octets - 1; i >= 0; --i)
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Bytes out_;
};

// A big-endian number.
inline std::uint64_t read_big_endian(ByteView octets) {
  std::uint64_t value = 0;
  for (const std::uint8_t octet : octets)
    value = value << 8 | octet;
  return value;
}
// The time at the front of a key or value of at least 8 octets.
inline Time read_time(ByteView octets) {
  return from_unix(static_cast<std::int64_t>(read_big_endian(octets.first(8))));
}

inline bool starts_with(ByteView key, ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

}  // namespace culvert::store
