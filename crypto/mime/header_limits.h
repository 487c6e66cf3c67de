// How large a header may be, by where it comes from: one table, so that what one part takes every
// later part can read.
#pragma once

#include <cstddef>

namespace culvert::crypto {

struct HeaderLimits {
  std::size_t bytes;   // with CRLF at the end of every line, without the empty line
  std::size_t fields;  // lines that continue none before them
  // Received fields beyond which a message is in a loop.
  std::size_t received_fields;
};

// Any message: from outside, through a tunnel, in a file. Exchange and Postfix stop at 100 to 256
// KiB.
inline constexpr HeaderLimits kMessageHeader{256 * 1024, 2000, 50};

// A message on its way through two nodes gets trace fields at the first, and the second must open
// it still: what is taken from inside leaves room for them (protocol.md, "Received").
inline constexpr std::size_t kRoomForTraceBytes = 8 * 1024;
inline constexpr std::size_t kRoomForTraceFields = 10;
inline constexpr HeaderLimits kInsideHeader{kMessageHeader.bytes - kRoomForTraceBytes,
                                            kMessageHeader.fields - kRoomForTraceFields,
                                            kMessageHeader.received_fields - kRoomForTraceFields};

// The front of what a tunnel message signs: the sealed envelope with 1,000 recipients, each on a
// line of at most 1,000 octets, and what stands before them (protocol.md, "The tunnel form").
inline constexpr HeaderLimits kSealedFront{1008 * 1000, 1016, 0};

}  // namespace culvert::crypto
