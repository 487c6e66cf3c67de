// What a stranger may send to make us spend time or memory: one list.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"

namespace culvert::crypto::testing {

// By which function of the library it is read.
enum class BombReader {
  sealed,       // EnvelopedReader
  signed_data,  // SignedDataReader
  compressed,   // CompressedDataReader, up to kBombLimitBytes
  certs_only,   // read_certs_only
  layers,       // OpenedMessage, compressed content up to kBombLimitBytes
  key_file,     // read_key_file, with the password kBombPassword
};

struct Bomb {
  std::string name;  // a word for each step; GoogleTest wants it so
  BombReader reader;
  std::function<Bytes()> make;
  // Why it is refused; `read` if it is to be read, and only costs little.
  std::string refused;
};
// As GoogleTest prints it.
inline void PrintTo(const Bomb& bomb, std::ostream* out) { *out << bomb.name; }

inline constexpr std::uint64_t kBombLimitBytes = 50'000'000;
inline constexpr const char* kBombPassword = "password";
// A shared key that both sides hold, 32 octets of 0x42.
inline constexpr const char* kBombKeyId = "b0";

const std::vector<Bomb>& sealed_bombs();
const std::vector<Bomb>& signed_bombs();
const std::vector<Bomb>& layer_bombs();
const std::vector<Bomb>& key_bombs();

}  // namespace culvert::crypto::testing
