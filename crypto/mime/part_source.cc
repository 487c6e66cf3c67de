#include "crypto/mime/part_source.h"

#include <algorithm>

namespace culvert::crypto {
namespace {

// On the heap: the stack would keep the mail until something else overwrites it.
constexpr std::size_t kPieceBytes = 16 * 1024;

}  // namespace

Status SharedInput::move_to(std::uint64_t offset) {
  if (!is_placed_ || offset < at_) {
    is_placed_ = false;
    if (const Status s = from_.rewind(); !s) return s.error();
    is_placed_ = true;
    at_ = 0;
  }
  Bytes passed(at_ < offset ? kPieceBytes : 0);
  while (at_ < offset) {
    const std::uint64_t left = offset - at_;
    const auto room = MutableBytes(passed).first(std::min<std::uint64_t>(passed.size(), left));
    const auto count = from_.read(room);
    if (!count) return count.error();
    if (*count == 0) return internal_error("input-changed", "the input became shorter");
    at_ += *count;
  }
  return done();
}

Result<std::size_t> SharedInput::read_at(std::uint64_t offset, MutableBytes into) {
  if (const Status s = move_to(offset); !s) return s.error();
  auto count = from_.read(into);
  if (!count) return count;
  at_ += *count;
  return count;
}

Result<std::size_t> PartSource::read(MutableBytes into) {
  const std::uint64_t left = end_ - at_;
  if (left == 0) return std::size_t{0};
  const auto count = input_.read_at(at_, into.first(std::min<std::uint64_t>(into.size(), left)));
  if (!count) return count;
  if (*count == 0 && end_ == kEndOfInput) return count;
  if (*count == 0) return internal_error("input-changed", "the input became shorter");
  at_ += *count;
  return count;
}

Status PartSource::rewind() {
  at_ = begin_;
  return done();
}

}  // namespace culvert::crypto
