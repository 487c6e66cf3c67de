// How large a header may be, by where it comes from. One table, so that every later part can read
// what an earlier one accepts.
#pragma once

#include <cstddef>

namespace culvert::crypto {

struct HeaderLimits {
  std::size_t bytes;   // with CRLF at the end of every line, without the empty line
  std::size_t fields;  // lines that do not continue one before them
  // A message with more Received fields is in a loop.
  std::size_t received_fields;
};

// Any message: from outside, through a tunnel, in a file. Exchange and Postfix stop at 100 to 256
// KiB.
inline constexpr HeaderLimits kMessageHeader{256 * 1024, 2000, 50};

// On the way through two nodes, the first adds trace fields to a message, and the second must still
// be able to open it. So mail from inside must leave room for them (protocol.md, "Received").
inline constexpr std::size_t kRoomForTraceBytes = 8 * 1024;
inline constexpr std::size_t kRoomForTraceFields = 10;
inline constexpr HeaderLimits kInsideHeader{kMessageHeader.bytes - kRoomForTraceBytes,
                                            kMessageHeader.fields - kRoomForTraceFields,
                                            kMessageHeader.received_fields - kRoomForTraceFields};

// A message as it is stored: with this node's own fields on top of one that was taken.
inline constexpr HeaderLimits kStoredHeader{kMessageHeader.bytes + kRoomForTraceBytes,
                                            kMessageHeader.fields + kRoomForTraceFields,
                                            kMessageHeader.received_fields + kRoomForTraceFields};

// The front of what a tunnel message signs: the sealed envelope with 1,000 recipients, each on a
// line of at most 1,000 octets, and what precedes them (protocol.md, "The tunnel form").
inline constexpr HeaderLimits kSealedFront{1008 * 1000, 1016, 0};

}  // namespace culvert::crypto
