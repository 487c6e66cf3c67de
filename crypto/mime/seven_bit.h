// Checks text that goes beside its signature: no mail server on the way may have to change it,
// because one change breaks the signature (RFC 8551, 3.1.3; RFC 1847, 2.1). A server encodes octets
// above 0x7F anew if the next one does not take them, and cuts lines beyond the limit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

// RFC 5322, 2.1.1; its line end not counted.
inline constexpr std::size_t kMaxTransportLineOctets = 998;

class SevenBitCheck {
 public:
  // Looks at the next octets of an entity whose lines end in CRLF, in pieces of any size. permanent
  // `not-seven-bit`, whose text says which line (counted from 1) is wrong, and what to do.
  Status take(ByteView octets);

 private:
  std::uint64_t line_ = 1;
  std::size_t length_ = 0;  // of the line so far, with its CR
};

}  // namespace culvert::crypto
