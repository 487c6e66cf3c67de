// Why a message is refused, as a word for senders that may safely know: a paired or removed peer
// whose signature is verified, or a sender that showed the right MAC of a code (protocol.md,
// "Refusals"). Everybody else gets the same empty refusal. Over HTTPS: 403 with the members
// `refused` (the word) and `time` (ours).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"

namespace culvert::peering {

// Also the codes of errors. Frozen.
inline constexpr const char* kRefusedExpired = "expired";    // the code
inline constexpr const char* kRefusedUsed = "used";          // the code, by another
inline constexpr const char* kRefusedRemoved = "removed";    // the peer
inline constexpr const char* kRefusedHeld = "held";          // a copy of the key is in use
inline constexpr const char* kRefusedStale = "stale";        // the card, or the document
inline constexpr const char* kRefusedClock = "clock";        // it is from the future
inline constexpr const char* kRefusedConflict = "conflict";  // another identity holds the domain

inline constexpr std::size_t kMaxRefusalBytes = 1024;

// What the word means, for people at the refused side; nothing if it is no such word.
std::optional<std::string_view> meaning_of_refusal(std::string_view word);

std::string write_refusal(std::string_view word, Time now);
// The word in a body that `write_refusal` wrote; nothing for any other body.
std::optional<std::string> read_refusal(ByteView body);

}  // namespace culvert::peering
