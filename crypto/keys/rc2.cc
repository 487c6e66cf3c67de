#include "crypto/keys/rc2.h"

#include <algorithm>
#include <array>

namespace culvert::crypto {
namespace {

// PITABLE of RFC 2268, section 2: a permutation made of the digits of pi.
constexpr std::array<std::uint8_t, 256> kPi{
    0xd9, 0x78, 0xf9, 0xc4, 0x19, 0xdd, 0xb5, 0xed, 0x28, 0xe9, 0xfd, 0x79, 0x4a, 0xa0, 0xd8, 0x9d,
    0xc6, 0x7e, 0x37, 0x83, 0x2b, 0x76, 0x53, 0x8e, 0x62, 0x4c, 0x64, 0x88, 0x44, 0x8b, 0xfb, 0xa2,
    0x17, 0x9a, 0x59, 0xf5, 0x87, 0xb3, 0x4f, 0x13, 0x61, 0x45, 0x6d, 0x8d, 0x09, 0x81, 0x7d, 0x32,
    0xbd, 0x8f, 0x40, 0xeb, 0x86, 0xb7, 0x7b, 0x0b, 0xf0, 0x95, 0x21, 0x22, 0x5c, 0x6b, 0x4e, 0x82,
    0x54, 0xd6, 0x65, 0x93, 0xce, 0x60, 0xb2, 0x1c, 0x73, 0x56, 0xc0, 0x14, 0xa7, 0x8c, 0xf1, 0xdc,
    0x12, 0x75, 0xca, 0x1f, 0x3b, 0xbe, 0xe4, 0xd1, 0x42, 0x3d, 0xd4, 0x30, 0xa3, 0x3c, 0xb6, 0x26,
    0x6f, 0xbf, 0x0e, 0xda, 0x46, 0x69, 0x07, 0x57, 0x27, 0xf2, 0x1d, 0x9b, 0xbc, 0x94, 0x43, 0x03,
    0xf8, 0x11, 0xc7, 0xf6, 0x90, 0xef, 0x3e, 0xe7, 0x06, 0xc3, 0xd5, 0x2f, 0xc8, 0x66, 0x1e, 0xd7,
    0x08, 0xe8, 0xea, 0xde, 0x80, 0x52, 0xee, 0xf7, 0x84, 0xaa, 0x72, 0xac, 0x35, 0x4d, 0x6a, 0x2a,
    0x96, 0x1a, 0xd2, 0x71, 0x5a, 0x15, 0x49, 0x74, 0x4b, 0x9f, 0xd0, 0x5e, 0x04, 0x18, 0xa4, 0xec,
    0xc2, 0xe0, 0x41, 0x6e, 0x0f, 0x51, 0xcb, 0xcc, 0x24, 0x91, 0xaf, 0x50, 0xa1, 0xf4, 0x70, 0x39,
    0x99, 0x7c, 0x3a, 0x85, 0x23, 0xb8, 0xb4, 0x7a, 0xfc, 0x02, 0x36, 0x5b, 0x25, 0x55, 0x97, 0x31,
    0x2d, 0x5d, 0xfa, 0x98, 0xe3, 0x8a, 0x92, 0xae, 0x05, 0xdf, 0x29, 0x10, 0x67, 0x6c, 0xba, 0xc9,
    0xd3, 0x00, 0xe6, 0xcf, 0xe1, 0x9e, 0xa8, 0x2c, 0x63, 0x16, 0x01, 0x3f, 0x58, 0xe2, 0x89, 0xa9,
    0x0d, 0x38, 0x34, 0x1b, 0xab, 0x33, 0xff, 0xb0, 0xbb, 0x48, 0x0c, 0x5f, 0xb9, 0xb1, 0xcd, 0x2e,
    0xc5, 0xf3, 0xdb, 0x47, 0xe5, 0xa5, 0x9c, 0x77, 0x0a, 0xa6, 0x20, 0x68, 0xfe, 0x7f, 0xc1, 0xad};

constexpr std::size_t kExpandedBytes = 128;
constexpr std::array<int, 4> kRotations{1, 2, 3, 5};

// L of section 2. Its octets are the words K, lower octet first.
SecretBytes expanded(ByteView key, std::size_t effective_bits) {
  SecretBytes room(kExpandedBytes);
  const MutableBytes l = room.writable();
  std::copy(key.begin(), key.end(), l.begin());
  for (std::size_t i = key.size(); i < kExpandedBytes; ++i)
    l[i] = kPi[(l[i - 1] + l[i - key.size()]) & 0xff];
  const std::size_t t8 = (effective_bits + 7) / 8;
  const std::size_t mask = 0xffU >> (8 * t8 - effective_bits);
  l[kExpandedBytes - t8] = kPi[l[kExpandedBytes - t8] & mask];
  for (std::size_t i = kExpandedBytes - t8; i-- > 0;)
    l[i] = kPi[l[i + 1] ^ l[i + t8]];
  return room;
}

// Takes one block back through the rounds of section 4.
class Block {
 public:
  Block(ByteView expanded_key, ByteView octets) : key_(expanded_key) {
    for (unsigned i = 0; i < 4; ++i)
      words_[i] = word(octets, i);
  }
  void decrypt() {
    mix_back(5);
    mash_back();
    mix_back(6);
    mash_back();
    mix_back(5);
  }
  void write(MutableBytes out) const {
    for (unsigned i = 0; i < 4; ++i) {
      out[2 * i] = static_cast<std::uint8_t>(words_[i]);
      out[2 * i + 1] = static_cast<std::uint8_t>(words_[i] >> 8);
    }
  }

 private:
  static unsigned word(ByteView octets, std::size_t i) {
    return octets[2 * i] | static_cast<unsigned>(octets[2 * i + 1]) << 8;
  }
  // The word `back` places before word i, in a ring.
  unsigned before(unsigned i, unsigned back) const { return words_[(i + 4 - back) % 4]; }

  void mix_back(unsigned rounds) {
    for (unsigned step = 4 * rounds; step-- > 0;) {
      const unsigned i = step % 4;
      const unsigned turned = words_[i] >> kRotations[i] | words_[i] << (16 - kRotations[i]);
      words_[i] = (turned - word(key_, --next_key_) - (before(i, 1) & before(i, 2)) -
                   (~before(i, 1) & before(i, 3))) &
                  0xffff;
    }
  }
  void mash_back() {
    for (unsigned i = 4; i-- > 0;)
      words_[i] = (words_[i] - word(key_, before(i, 1) & 63)) & 0xffff;
  }

  ByteView key_;
  std::size_t next_key_ = 64;
  std::array<unsigned, 4> words_{};
};

void decrypt_block(ByteView expanded_key, ByteView in, MutableBytes out) {
  Block block(expanded_key, in);
  block.decrypt();
  block.write(out);
}

// The number of octets of PKCS#7 padding; 0 if it is wrong.
std::size_t padding_of(ByteView plaintext) {
  const std::size_t count = plaintext.back();
  if (count == 0 || count > kRc2BlockBytes) return 0;
  const ByteView padding = plaintext.last(count);
  const bool right =
      std::all_of(padding.begin(), padding.end(), [&](std::uint8_t b) { return b == count; });
  return right ? count : 0;
}

}  // namespace

Bytes rc2_decrypt_block(ByteView key, std::size_t effective_bits, ByteView block) {
  Bytes out(kRc2BlockBytes);
  decrypt_block(expanded(key, effective_bits).view(), block, out);
  return out;
}

Rc2CbcDecryption::Rc2CbcDecryption(ByteView key, std::size_t effective_bits, ByteView iv)
    : expanded_key_(expanded(key, effective_bits)) {
  std::copy_n(iv.begin(), kRc2BlockBytes, previous_.begin());
}

void Rc2CbcDecryption::process(MutableBytes piece) {
  for (std::size_t at = 0; at < piece.size(); at += kRc2BlockBytes) {
    const MutableBytes block = piece.subspan(at, kRc2BlockBytes);
    std::array<std::uint8_t, kRc2BlockBytes> in{};
    std::copy_n(block.begin(), kRc2BlockBytes, in.begin());
    decrypt_block(expanded_key_.view(), in, block);
    for (std::size_t i = 0; i < kRc2BlockBytes; ++i)
      block[i] ^= previous_[i];
    previous_ = in;
  }
}

std::optional<SecretBytes> rc2_cbc_decrypt(ByteView key, std::size_t effective_bits, ByteView iv,
                                           ByteView ciphertext) {
  if (ciphertext.empty() || ciphertext.size() % kRc2BlockBytes != 0) return std::nullopt;
  SecretBytes plaintext(ciphertext);
  Rc2CbcDecryption(key, effective_bits, iv).process(plaintext.writable());
  const std::size_t padding = padding_of(plaintext.view());
  if (padding == 0) return std::nullopt;
  return SecretBytes(plaintext.view().first(plaintext.size() - padding));
}

}  // namespace culvert::crypto
