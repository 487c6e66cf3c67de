// The body of a message as DATA carries it (RFC 5321, 4.1.1.4 and 4.5.2), read as a stream.
// The end of a message that is taken is CR LF . CR LF (or . CR LF as the first line) and nothing
// else. A bare CR or LF anywhere spoils the message, and so does a line or a message beyond its
// limit; a spoiled message is read to its end. Leading dots are taken off. Octets are never copied:
// content is handed out as parts of what came in. No I/O; one object per message.
//
// Where a message with bare line ends stops is a matter of opinion (attack: Smuggling): what stands
// behind it may be a part of it to the server before us. So nothing behind it may ever run as a
// command: once `has_bare_line_end`, the session has to be closed at the end, and that end is the
// first mark that any server takes for one, because whoever writes bare line ends waits behind it.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/limits.h"

namespace culvert::node {

enum class DataFault { bare_line_end, line_too_long, message_too_big };

struct DataLimits {
  std::uint64_t message_bytes = 0;             // content as it is handed out
  std::size_t line_bytes = kMaxBodyLineBytes;  // without CRLF and stuffed dot
};

class DataReader {
 public:
  explicit DataReader(const DataLimits& limits) : limits_(limits) {}

  struct Step {
    std::size_t consumed_bytes = 0;  // at least 1 if octets were given and the end was not reached
    // Content, CRLF kept; part of `octets` or static; may be empty. Always empty once spoiled.
    ByteView content;
    bool ended = false;  // the octets behind belong to the next command
  };
  // Call again with the rest until all is consumed or the end is reached.
  Step take(ByteView octets);

  // The first thing found wrong. The content handed out so far is void.
  std::optional<DataFault> fault() const { return fault_; }
  // True if there was a bare CR or LF, whatever else was found wrong before.
  bool has_bare_line_end() const { return bare_line_end_; }
  // Octets of content handed out.
  std::uint64_t content_bytes() const { return content_bytes_; }
  // Octets consumed since it was spoiled.
  std::uint64_t discarded_bytes() const { return discarded_bytes_; }

 private:
  enum class State {
    line_start,  // behind CR LF, or at the very beginning
    in_line,
    cr,      // behind a CR that is not handed out yet
    dot,     // behind a dot at the line's start, not handed out
    dot_cr,  // behind such a dot and a CR
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
  std::size_t line_bytes_ = 0;  // of the line that has begun
  std::uint64_t content_bytes_ = 0;
  std::uint64_t discarded_bytes_ = 0;
  std::optional<DataFault> fault_;
  bool bare_line_end_ = false;
};

}  // namespace culvert::node
