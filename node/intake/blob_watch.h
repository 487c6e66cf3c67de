// Looks for a place where a CMS blob may begin, in the body of mail whose header shows no seal: a
// relay may have given sealed mail another media type, or wrapped it (protocol.md, "Received").
// Mail with such a place goes to the opener, which reads it properly. A false hit costs a turn
// through the queue; a miss leaves sealed mail to the reader as it came. Looks only at the first
// octets of each line.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace culvert::node {

class BlobWatch {
 public:
  // The next octets of the body.
  void write(ByteView octets);
  bool found() const { return found_; }

 private:
  // How the current line begins.
  enum class Begin { unknown, nothing, der, m, base64 };
  bool is_undecided() const { return begin_ != Begin::nothing && begin_ != Begin::base64; }
  void take(std::uint8_t octet);
  void end_line();

  Begin begin_ = Begin::unknown;
  std::size_t length_ = 0;         // of the current line so far, including a CR at its end
  std::uint8_t last_ = 0;          // its last octet
  std::size_t length_before_ = 0;  // of the line before
  bool found_ = false;
};

}  // namespace culvert::node
