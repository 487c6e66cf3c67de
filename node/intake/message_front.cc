#include "node/intake/message_front.h"

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

}  // namespace culvert::node
