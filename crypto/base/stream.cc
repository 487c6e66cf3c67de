#include "crypto/base/stream.h"

#include <algorithm>

#include "crypto/base/limits.h"

namespace culvert {
namespace {

// On the heap: the stack would keep the mail until something else overwrites it.
constexpr std::size_t kPieceBytes = 16 * 1024;

}  // namespace

Result<std::size_t> ViewSource::read(MutableBytes into) {
  const std::size_t count = std::min(into.size(), all_.size() - at_);
  std::copy_n(all_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
  at_ += count;
  return count;
}

Status ViewSource::rewind() {
  at_ = 0;
  return done();
}

Result<std::size_t> JoinedSource::read(MutableBytes into) {
  if (at_ == front_.size()) return rest_.read(into);
  const std::size_t count = std::min(into.size(), front_.size() - at_);
  std::copy_n(front_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
  at_ += count;
  return count;
}

Status BytesSink::write(ByteView bytes) {
  append(to_, bytes);
  return done();
}

Result<std::uint64_t> copy_all(Source& from, Sink& to) {
  Bytes chunk(kMessageBufferBytes);
  std::uint64_t total = 0;
  while (true) {
    const auto count = from.read(chunk);
    if (!count) return count.error();
    if (*count == 0) return total;
    if (const Status written = to.write(ByteView(chunk).first(*count)); !written) {
      return written.error();
    }
    total += *count;
  }
}

Result<Bytes> read_front(Source& from, std::size_t limit_bytes) {
  Bytes front(limit_bytes);
  std::size_t size = 0;
  while (size < front.size()) {
    const auto got = from.read(MutableBytes(front).subspan(size));
    if (!got) return got.error();
    if (*got == 0) break;
    size += *got;
  }
  front.resize(size);
  return front;
}

Result<Bytes> read_all(Source& from, std::size_t limit_bytes) {
  Bytes all;
  Bytes chunk(kPieceBytes);
  while (true) {
    const auto count = from.read(chunk);
    if (!count) return count.error();
    if (*count == 0) return all;
    if (all.size() + *count > limit_bytes) {
      return permanent_error("too-large", "longer than " + std::to_string(limit_bytes) + " octets");
    }
    append(all, ByteView(chunk).first(*count));
  }
}

}  // namespace culvert
