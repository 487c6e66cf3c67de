// The leaves of a message's MIME tree (RFC 2046, 5.1): where they are, and whether there is
// anything beside them. Reads leniently, as programs that show mail do: "nothing else is there"
// counts only if no reader could find more. Bounded: deeper and further parts are not examined.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/part_source.h"

namespace culvert::crypto {

// Multiparts inside each other, and all parts together, leaves and multiparts: each costs a pass
// over what it holds. What a relay wraps has one of each.
inline constexpr std::size_t kMaxLeafLevels = 3;
inline constexpr std::size_t kMaxParts = 10;

struct Leaf {
  std::optional<EntityKind> kind{};  // nothing: its header gives none, or two
  // Where its body is, in octets of the message.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct MessageLeaves {
  std::vector<Leaf> leaves{};  // at most kMaxParts, in order
  // A preamble or epilogue that is not blank, or parts beyond the bounds.
  bool has_more = false;
};

// Reads from the beginning, in at most one pass for each part. `input` must cover the whole
// message. Errors of the stream.
Result<MessageLeaves> leaves_of(SharedInput& input);

}  // namespace culvert::crypto
