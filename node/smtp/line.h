// Splits SMTP commands and replies into lines, from pieces of any size (RFC 5321, 2.3.8). A line
// ends with CR LF and nothing else. A bare CR or a bare LF is an error, never a line end: two
// servers that read line ends differently can be made to see two different dialogues. No I/O;
// belongs to one dialog.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace culvert::node {

enum class LineEvent {
  more,      // all octets are consumed and no line has ended
  line,      // a whole line
  too_long,  // the line exceeds the limit; the dialog ends
  bare_end,  // a bare CR or LF; the peer cannot be trusted to mean lines, so the dialog ends
};

struct LineStep {
  LineEvent event = LineEvent::more;
  std::size_t consumed_bytes = 0;
  // For `line`: its text without CRLF. Valid until the next call and while the octets live.
  std::string_view text;
};

class LineReader {
 public:
  // `limit_bytes` counts the CRLF.
  explicit LineReader(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // Consumes up to the end of the first line in `octets`. Call again with the rest, but not after
  // too_long or bare_end.
  LineStep take(ByteView octets);

  // Forgets a line that has begun (STARTTLS).
  void clear();
  // True if a line has begun and not yet ended.
  bool begun() const { return !held_.empty() && !held_was_given_; }

 private:
  LineStep end_of_line(std::string_view text, std::size_t consumed_bytes);

  std::size_t limit_bytes_;
  std::string held_;  // the begun line, with its CR if that came last
  bool held_was_given_ = false;
};

}  // namespace culvert::node
