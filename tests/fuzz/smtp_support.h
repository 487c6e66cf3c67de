// Fuzz input for protocols: the first octets choose how the rest is cut into pieces.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "crypto/base/bytes.h"

namespace culvert::fuzz {

// Stops the fuzzer: what must hold does not.
inline void check(bool holds) {
  if (!holds) std::abort();
}

// The input behind its first octet in pieces of changing sizes, which that octet begins.
class Pieces {
 public:
  explicit Pieces(ByteView input) : rest_(input.empty() ? input : input.subspan(1)) {
    if (!input.empty()) seed_ = input.front();
  }
  bool empty() const { return rest_.empty(); }
  // All that is left if the seed is 0.
  ByteView next() {
    seed_ = seed_ * 1664525u + 1013904223u * (seed_ != 0);
    const std::size_t wanted = seed_ == 0 ? rest_.size() : 1 + (seed_ >> 16) % 23;
    const ByteView piece = rest_.first(std::min(wanted, rest_.size()));
    rest_ = rest_.subspan(piece.size());
    return piece;
  }

 private:
  ByteView rest_;
  std::uint32_t seed_ = 0;
};

}  // namespace culvert::fuzz
