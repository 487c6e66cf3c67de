// Shared by the sources of crypto/keys that call libsodium. For them only.
#pragma once

#include <sodium.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// Throws if libsodium cannot be initialised, which ends the program: nothing here is safe without a
// random generator.
inline void need_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) throw std::runtime_error("libsodium cannot be initialised");
}

// Hashes each part after its length, so that no two lists of parts give the same input.
inline void hash_parts(crypto_generichash_state& state, std::initializer_list<ByteView> parts) {
  for (const ByteView part : parts) {
    std::array<std::uint8_t, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
      length[i] = static_cast<std::uint8_t>(std::uint64_t{part.size()} >> (8 * i));
    }
    crypto_generichash_update(&state, length.data(), length.size());
    crypto_generichash_update(&state, part.data(), part.size());
  }
}

}  // namespace culvert::crypto
