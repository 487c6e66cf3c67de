#include "crypto/cms/sealed_stream.h"

#include <algorithm>

namespace culvert::crypto {

Result<std::size_t> SealedStream::fill(MutableBytes into) {
  std::size_t filled = 0;
  while (filled < into.size() && !ended_) {
    if (piece_.empty()) {
      const auto piece = from_.next_octets();
      if (!piece) return piece.error();
      piece_ = *piece;
      ended_ = piece_.empty();
    }
    const std::size_t count = std::min(piece_.size(), into.size() - filled);
    std::copy_n(piece_.begin(), count, into.begin() + static_cast<std::ptrdiff_t>(filled));
    piece_ = piece_.subspan(count);
    filled += count;
  }
  return filled;
}

}  // namespace culvert::crypto
