#include "crypto/mime/object_end.h"

#include <algorithm>

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kHighTag = 0x1f;
constexpr std::uint8_t kIndefinite = 0x80;
constexpr int kMaxLengthOctets = 8;

}  // namespace

ObjectEnd::State ObjectEnd::after_identifier(std::uint8_t octet) {
  identifier_ = octet;
  return (octet & kHighTag) == kHighTag ? State::unknown : State::length;
}

ObjectEnd::State ObjectEnd::into_value() { return left_ == 0 ? behind_element() : State::value; }

ObjectEnd::State ObjectEnd::after_length(std::uint8_t octet) {
  left_ = 0;
  if (identifier_ == 0 && octet == 0) {  // end-of-contents
    if (depth_ == 0) return State::unknown;
    --depth_;
    return behind_element();
  }
  if (octet == kIndefinite) {
    ++depth_;
    return State::identifier;
  }
  if (octet < kIndefinite) {
    left_ = octet;
    return into_value();
  }
  length_octets_ = octet & 0x7f;
  return length_octets_ > kMaxLengthOctets ? State::unknown : State::long_length;
}

ObjectEnd::State ObjectEnd::after(std::uint8_t octet) {
  switch (state_) {
    case State::identifier:
      return after_identifier(octet);
    case State::length:
      return after_length(octet);
    case State::long_length:
      left_ = left_ << 8 | octet;
      return --length_octets_ > 0 ? State::long_length : into_value();
    case State::value:
    case State::reached:
    case State::unknown:
      break;
  }
  return state_;
}

std::size_t ObjectEnd::take(ByteView octets) {
  std::size_t at = 0;
  while (at < octets.size() && state_ != State::reached) {
    if (state_ == State::unknown) return octets.size();
    if (state_ != State::value) {
      state_ = after(octets[at++]);
      continue;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size() - at));
    at += count;
    left_ -= count;
    if (left_ == 0) state_ = behind_element();
  }
  return at;
}

}  // namespace culvert::crypto
