#include "node/smtp/line.h"

#include <algorithm>

namespace culvert::node {

LineStep LineReader::take(ByteView octets) {
  if (held_was_given_) clear();
  const std::size_t room = limit_bytes_ - std::min(held_.size(), limit_bytes_);
  const std::string_view text = as_text(octets.first(std::min(octets.size(), room)));
  if (text.empty()) return {};
  if (!held_.empty() && held_.back() == '\r') {
    if (text.front() != '\n') return {LineEvent::bare_end, 1, {}};
    held_.pop_back();
    return end_of_line({}, 1);
  }
  const std::size_t end = text.find_first_of("\r\n");
  const bool cr_is_last = end + 1 == text.size() && text[end] == '\r';
  if (end == std::string_view::npos || cr_is_last) {
    held_.append(text);
    const bool full = held_.size() >= limit_bytes_;
    return {full ? LineEvent::too_long : LineEvent::more, text.size(), {}};
  }
  if (text[end] == '\n' || text[end + 1] != '\n') return {LineEvent::bare_end, end + 1, {}};
  return end_of_line(text.substr(0, end), end + 2);
}

LineStep LineReader::end_of_line(std::string_view text, std::size_t consumed_bytes) {
  if (held_.empty() && consumed_bytes != 1) return {LineEvent::line, consumed_bytes, text};
  held_.append(text);
  held_was_given_ = true;
  return {LineEvent::line, consumed_bytes, held_};
}

void LineReader::clear() {
  held_.clear();
  held_was_given_ = false;
}

}  // namespace culvert::node
