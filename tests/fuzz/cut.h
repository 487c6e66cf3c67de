// How a fuzz target cuts its input for the second reading.
#pragma once

#include <algorithm>

#include "crypto/base/bytes.h"

namespace culvert::fuzz {

// Inputs up to this size are read octet by octet: most inputs are short.
inline constexpr std::size_t kWholeTrickle = 64;

// The octets a read gives: one for a short input; else a number that the input itself chooses, up
// to a sixteenth of its size, so that boundaries fall everywhere over many inputs and a large one
// does not cost a call an octet.
inline std::size_t cut_of(ByteView input) {
  if (input.size() <= kWholeTrickle) return 1;
  std::size_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
  for (const std::uint8_t octet : input)
    hash = (hash ^ octet) * 1'099'511'628'211U;
  return 1 + hash % (input.size() / 16);
}

}  // namespace culvert::fuzz
