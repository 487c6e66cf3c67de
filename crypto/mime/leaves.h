// The leaves of a message's MIME tree (RFC 2046, 5.1): where they stand, and whether there is
// anything beside them. Read leniently, as the programs do that show mail: an answer of "nothing
// else is there" counts only if no reader could find more. Bounded: deeper and further parts are
// not looked into.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/part_source.h"

namespace culvert::crypto {

// Multiparts within each other, and parts in all, be they leaves or multiparts: each costs a pass
// over what it holds. What a relay wraps has one of each.
inline constexpr std::size_t kMaxLeafLevels = 3;
inline constexpr std::size_t kMaxParts = 10;

struct Leaf {
  std::optional<EntityKind> kind{};  // nothing: its header says it in no way, or in two
  // Its body, in octets of the message.
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct MessageLeaves {
  std::vector<Leaf> leaves{};  // at most kMaxParts, in order
  // A preamble or epilogue that is not blank, or parts beyond the bounds.
  bool has_more = false;
};

// Reads from the beginning, in at most one pass for each part.
// `input` must be over the whole message. Errors of the stream.
Result<MessageLeaves> leaves_of(SharedInput& input);

}  // namespace culvert::crypto
