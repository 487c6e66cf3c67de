#include "node/flow/message_front.h"

#include <algorithm>

namespace culvert::node {

Status FrontCopy::write(ByteView octets) {
  const bool at_start = size_bytes_ == 0;
  size_bytes_ += octets.size();
  const bool going = !front_.empty() && front_.size() < limit_bytes_;
  if (going || (at_start && wanted_())) {
    append(front_, octets.first(std::min(octets.size(), limit_bytes_ - front_.size())));
  }
  return to_.write(octets);
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

}  // namespace culvert::node
