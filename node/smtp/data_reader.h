// Reads the body of a message as DATA carries it (RFC 5321, 4.1.1.4 and 4.5.2), as a stream. An
// accepted message ends with CR LF . CR LF (or . CR LF as the first line) and nothing else. A bare
// CR or LF anywhere spoils the message, and so does a line or a message beyond its limit. A spoiled
// message is read to its end. Leading dots are taken off. Octets are never copied: content is
// handed out as parts of the input. No I/O; one object per message.
//
// Two servers may disagree where a message with bare line ends stops (attack: Smuggling): what
// follows may be a part of it to the server before us. So nothing after it may ever run as a
// command: once `has_bare_line_end`, the session has to be closed at the end of the message. That
// end is the first mark that any server takes for one, because whoever writes bare line ends waits
// for an answer after it.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/limits.h"

namespace culvert::node {

enum class DataFault { bare_line_end, line_too_long, message_too_big };

struct DataLimits {
  std::uint64_t message_bytes = 0;             // content as handed out
  std::size_t line_bytes = kMaxBodyLineBytes;  // without CRLF and stuffed dot
};

class DataReader {
 public:
  explicit DataReader(const DataLimits& limits) : limits_(limits) {}

  struct Step {
    std::size_t consumed_bytes = 0;  // at least 1 if octets were given and the end was not reached
    // Content, CRLF kept; part of `octets` or static; may be empty. Always empty once spoiled.
    ByteView content;
    bool ended = false;  // the octets after it belong to the next command
  };
  // Call again with the rest, until all is consumed or the end is reached.
  Step take(ByteView octets);

  // The first fault found. The content handed out so far is then void.
  std::optional<DataFault> fault() const { return fault_; }
  // True if there was a bare CR or LF, whatever other fault was found before.
  bool has_bare_line_end() const { return bare_line_end_; }
  // Octets of content handed out.
  std::uint64_t content_bytes() const { return content_bytes_; }
  // Octets consumed since the message was spoiled.
  std::uint64_t discarded_bytes() const { return discarded_bytes_; }

 private:
  enum class State {
    line_start,  // after CR LF, or at the very beginning
    in_line,
    cr,      // after a CR that is not handed out yet
    dot,     // after a dot at the line's start, not handed out
    dot_cr,  // after such a dot and a CR
    ended,
  };

  Step scan(ByteView octets);
  Step scan_lines(ByteView octets);
  Step settle_cr(ByteView octets);
  Step settle_dot(ByteView octets);
  Step settle_dot_cr(ByteView octets);
  Step skip_from_bare_line_end(ByteView octets);
  Step skip(ByteView octets);
  State after(std::uint8_t octet);
  State after_bare_line_end(std::uint8_t octet) const;
  void count_line(std::size_t bytes);
  void spoil(DataFault fault);

  DataLimits limits_;
  State state_ = State::line_start;
  std::size_t line_bytes_ = 0;  // of the current line
  std::uint64_t content_bytes_ = 0;
  std::uint64_t discarded_bytes_ = 0;
  std::optional<DataFault> fault_;
  bool bare_line_end_ = false;
};

}  // namespace culvert::node
