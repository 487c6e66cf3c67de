#include "crypto/mime/canonical.h"

#include <algorithm>
#include <cstring>

namespace culvert::crypto {

Result<std::size_t> CanonicalSource::refill() {
  raw_.resize(kMessageBufferBytes);
  at_ = 0;
  auto count = from_.read(raw_);
  raw_size_ = count ? *count : 0;
  return count;
}

// Fills the front of `into` from one run up to a line end; at least one octet.
std::size_t CanonicalSource::convert(MutableBytes into) {
  if (owes_lf_) {
    owes_lf_ = false;
    into.front() = last_ = '\n';
    return 1;
  }
  const std::size_t most = std::min(into.size(), raw_size_ - at_);
  const std::uint8_t* const first = raw_.data() + at_;
  const void* const found = std::memchr(first, '\n', most);
  const std::size_t run =
      found == nullptr ? most
                       : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - first);
  std::copy_n(first, run, into.begin());
  at_ += run;
  if (run > 0) last_ = first[run - 1];
  if (run == most) return run;
  ++at_;
  if (last_ == '\r') {
    into[run] = last_ = '\n';
  } else {
    into[run] = '\r';
    owes_lf_ = true;
    line_ends_ = LineEnds::converted;
  }
  return run + 1;
}

Result<std::size_t> CanonicalSource::read(MutableBytes into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    if (at_ == raw_size_ && !owes_lf_) {
      if (filled > 0) break;
      const auto count = refill();
      if (!count || *count == 0) return count;
    }
    filled += convert(into.subspan(filled));
  }
  return filled;
}

Status CanonicalSource::rewind() {
  raw_size_ = 0;
  at_ = 0;
  last_ = 0;
  owes_lf_ = false;
  line_ends_ = LineEnds::crlf;
  return from_.rewind();
}

}  // namespace culvert::crypto
