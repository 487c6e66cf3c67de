#include "crypto/keys/files/rc4.h"

#include <array>
#include <numeric>
#include <utility>

namespace culvert::crypto {

SecretBytes rc4_decrypt(ByteView key, ByteView ciphertext) {
  std::array<std::uint8_t, 256> state{};
  std::iota(state.begin(), state.end(), std::uint8_t{0});
  for (std::size_t i = 0, j = 0; i < state.size(); ++i) {
    j = (j + state[i] + key[i % key.size()]) & 0xff;
    std::swap(state[i], state[j]);
  }
  SecretBytes out(ciphertext);
  std::uint8_t i = 0;
  std::uint8_t j = 0;
  for (std::uint8_t& octet : out.writable()) {
    j = static_cast<std::uint8_t>(j + state[++i]);
    std::swap(state[i], state[j]);
    octet ^= state[static_cast<std::uint8_t>(state[i] + state[j])];
  }
  wipe(state);
  return out;
}

}  // namespace culvert::crypto
