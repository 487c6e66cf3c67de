// Writes a message as DATA carries it, as a stream: dots at line starts are doubled, the end mark
// is appended, and a message without a final line end gets one (RFC 5321, 4.1.1.4 and 4.5.2). Bare
// CR and LF are refused and never sent. No I/O; one object per message.
#pragma once

#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::node {

class DataWriter {
 public:
  // Appends the wire form of the next piece to `out`. Permanent `bare-line-end`; after that nothing
  // more may be written and the connection must be closed, or half a message would be delivered.
  Status write(ByteView content, Bytes& out);

  // Appends the missing line end, if any, and the end mark. Permanent `bare-line-end` if the last
  // octet was a CR.
  Status finish(Bytes& out);

 private:
  enum class State { line_start, in_line, cr };
  State state_ = State::line_start;
};

}  // namespace culvert::node
