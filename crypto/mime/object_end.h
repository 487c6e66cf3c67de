// Finds where one BER object ends (X.690, 8.1) in octets that come in pieces. Looks only at
// lengths; the reader of the object checks whether it is one at all.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

class ObjectEnd {
 public:
  // Looks at the next octets. Returns how many of them belong to the object: all, unless it ends
  // among them.
  std::size_t take(ByteView octets);
  // Stays false after a tag or a length that no CMS object has.
  bool is_reached() const { return state_ == State::reached; }

 private:
  enum class State { identifier, length, long_length, value, reached, unknown };
  State after(std::uint8_t octet);
  State after_identifier(std::uint8_t octet);
  State after_length(std::uint8_t octet);
  State into_value();
  State behind_element() const { return depth_ == 0 ? State::reached : State::identifier; }

  State state_ = State::identifier;
  std::uint8_t identifier_ = 0;
  int length_octets_ = 0;    // still to come
  std::uint64_t left_ = 0;   // of the value
  std::uint64_t depth_ = 0;  // elements of indefinite length that are open
};

}  // namespace culvert::crypto
