// Octets in memory that come in small pieces, as from a slow pipe: what a stream reader must bear.
#pragma once

#include <algorithm>

#include "crypto/base/stream.h"

namespace culvert {

// Gives at most `step` octets a read, and counts how often it started again. `all` must outlive it.
class TricklingSource final : public RewindableSource {
 public:
  TricklingSource(ByteView all, std::size_t step) : all_(all), step_(step) {}
  Result<std::size_t> read(MutableBytes into) override {
    const std::size_t count = std::min({into.size(), step_, all_.size() - at_});
    std::copy_n(all_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }
  Status rewind() override {
    at_ = 0;
    ++rewinds;
    return done();
  }
  int rewinds = 0;

 private:
  ByteView all_;
  std::size_t step_;
  std::size_t at_ = 0;
};

}  // namespace culvert
