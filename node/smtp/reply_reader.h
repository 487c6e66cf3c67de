// Reads a peer's replies from octets (RFC 5321, 4.2.1). Strict: CRLF only, three digits 2xx to 5xx,
// the same code on every line. No I/O; belongs to one client dialog.
#pragma once

#include <optional>

#include "node/smtp/line.h"
#include "node/smtp/reply.h"

namespace culvert::node {

class ReplyReader {
 public:
  ReplyReader();

  struct Step {
    std::size_t consumed_bytes = 0;
    std::optional<Reply> reply;  // a complete reply, if one has ended
  };
  // Consumes up to the end of the first reply and skips a few empty lines before it. Errors are
  // temporary `bad-reply`: a bare CR or LF, too many or too long lines, no code, codes that differ.
  // After an error the connection ends.
  Result<Step> take(ByteView octets);

  // Forgets a reply that has begun (STARTTLS).
  void clear();

 private:
  Status take_line(std::string_view line);

  LineReader lines_;
  Reply begun_;
  bool complete_ = false;
  std::size_t empty_lines_ = 0;  // before the reply
};

}  // namespace culvert::node
