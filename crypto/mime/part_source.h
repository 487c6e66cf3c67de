// Parts of one stream. Each is read as a source of its own, which can start again.
#pragma once

#include <limits>

#include "crypto/base/stream.h"

namespace culvert::crypto {

// A stream that several parts are read from. It is read forward, and from the beginning again for a
// part that has passed. Reading two parts alternately thus costs passes, not memory.
class SharedInput {
 public:
  // `from` must outlive this, and nobody else may read it.
  explicit SharedInput(RewindableSource& from) : from_(from) {}
  // Reads at the octet `offset`, as Source::read does.
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into);

 private:
  Status move_to(std::uint64_t offset);

  RewindableSource& from_;
  bool is_placed_ = false;
  std::uint64_t at_ = 0;
};

// The octets from `begin` up to `end` (not included), or to the end of the input. `input` must
// outlive this.
class PartSource final : public RewindableSource {
 public:
  PartSource(SharedInput& input, std::uint64_t begin) : PartSource(input, begin, kEndOfInput) {}
  PartSource(SharedInput& input, std::uint64_t begin, std::uint64_t end)
      : input_(input), begin_(begin), end_(end < begin ? begin : end), at_(begin) {}
  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

 private:
  static constexpr std::uint64_t kEndOfInput = std::numeric_limits<std::uint64_t>::max();

  SharedInput& input_;
  std::uint64_t begin_;
  std::uint64_t end_;
  std::uint64_t at_;
};

}  // namespace culvert::crypto
