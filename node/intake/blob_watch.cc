#include "node/intake/blob_watch.h"

#include <algorithm>
#include <cstring>

#include "crypto/cms/asn1_tag.h"

namespace culvert::node {
namespace {

// A shorter first line is a word of text rather than encoded octets.
constexpr std::size_t kShortestLine = 20;

bool is_blank(std::uint8_t octet) { return octet == ' ' || octet == '\t' || octet == '\r'; }

// True for the second octet of a SEQUENCE that is longer than 127 octets or of unknown length.
bool is_long_length(std::uint8_t octet) { return octet >= 0x80 && octet <= 0x84; }

}  // namespace

// In base64, a SEQUENCE of such a length begins with `MI`.
void BlobWatch::take(std::uint8_t octet) {
  switch (begin_) {
    case Begin::unknown:
      if (is_blank(octet)) return;
      begin_ = octet == 'M'                    ? Begin::m
               : octet == crypto::kTagSequence ? Begin::der
                                               : Begin::nothing;
      return;
    case Begin::m:
      begin_ = octet == 'I' ? Begin::base64 : Begin::nothing;
      return;
    case Begin::der:
      found_ = found_ || (length_before_ == 0 && is_long_length(octet));
      begin_ = Begin::nothing;
      return;
    case Begin::nothing:
    case Begin::base64:
      return;
  }
}

// Lines of other base64 begin like this now and then, but then all lines are of one length.
void BlobWatch::end_line() {
  const std::size_t length = length_ - (last_ == '\r' ? 1 : 0);
  found_ =
      found_ || (begin_ == Begin::base64 && length >= kShortestLine && length != length_before_);
  length_before_ = length;
  last_ = 0;
  length_ = 0;
  begin_ = Begin::unknown;
}

void BlobWatch::write(ByteView octets) {
  while (!found_ && !octets.empty()) {
    const auto* line_feed =
        static_cast<const std::uint8_t*>(std::memchr(octets.data(), '\n', octets.size()));
    const bool ends = line_feed != nullptr;
    const std::size_t size =
        ends ? static_cast<std::size_t>(line_feed - octets.data()) : octets.size();
    for (std::size_t i = 0; i < size && is_undecided(); ++i)
      take(octets[i]);
    length_ += size;
    if (size > 0) last_ = octets[size - 1];
    if (ends) end_line();
    octets = octets.subspan(size + (ends ? 1 : 0));
  }
}

}  // namespace culvert::node
