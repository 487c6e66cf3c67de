// Looks, in the body of mail whose header shows no seal, for a place where a CMS blob may begin: a
// relay may have given sealed mail another media type, or wrapped it (protocol.md, "Received").
// Mail with such a place goes to the opener, who reads it as it must be read; a place too many
// costs it a turn through the queue, and one too few leaves sealed mail to the reader as it came.
// Costs a look at each line's first octets.
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
  // Of the present line.
  enum class Begin { unknown, nothing, der, m, base64 };
  bool is_undecided() const { return begin_ != Begin::nothing && begin_ != Begin::base64; }
  void take(std::uint8_t octet);
  void end_line();

  Begin begin_ = Begin::unknown;
  std::size_t length_ = 0;         // of the present line so far, a CR at its end included
  std::uint8_t last_ = 0;          // its last octet
  std::size_t length_before_ = 0;  // of the one before
  bool found_ = false;
};

}  // namespace culvert::node
