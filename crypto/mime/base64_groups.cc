#include "crypto/mime/base64_groups.h"

#include <array>
#include <bit>
#include <cstring>
#include <string_view>

#include "crypto/mime/base64_avx2.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNotBase64);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

// Two characters for each value of twelve bits.
using Pair = std::array<char, 2>;
constexpr std::array<Pair, 4096> make_pairs() {
  std::array<Pair, 4096> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = {kAlphabet[i >> 6], kAlphabet[i & 63]};
  return pairs;
}
constexpr auto kPairs = make_pairs();

// What a character at each of the four places of a group adds to its three octets; the fourth octet
// says that the character is outside the alphabet. A group takes four look-ups. Their words are
// combined and stored as they are, on machines of either byte order.
using Places = std::array<std::array<std::uint32_t, 256>, 4>;
constexpr Places make_places() {
  Places places{};
  for (std::size_t place = 0; place < 4; ++place) {
    for (std::size_t c = 0; c < 256; ++c) {
      const bool good = kValues[c] != kNotBase64;
      const std::uint32_t bits = good ? std::uint32_t{kValues[c]} << (6 * (3 - place)) : 0;
      const std::array<std::uint8_t, 4> octets{
          static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 8),
          static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(good ? 0 : 1)};
      places[place][c] = std::bit_cast<std::uint32_t>(octets);
    }
  }
  return places;
}
constexpr auto kPlaces = make_places();

std::uint32_t group_word(const std::uint8_t* c) {
  return kPlaces[0][c[0]] | kPlaces[1][c[1]] | kPlaces[2][c[2]] | kPlaces[3][c[3]];
}

}  // namespace

const std::array<std::uint8_t, 256> kBase64Values = kValues;

void encode_groups_by_table(ByteView octets, std::uint8_t* text) {
  const std::uint8_t* in = octets.data();
  const std::uint8_t* const end = in + octets.size();
  for (; in != end; in += 3, text += 4) {
    const std::uint32_t bits = std::uint32_t{in[0]} << 16 | std::uint32_t{in[1]} << 8 | in[2];
    std::memcpy(text, kPairs[bits >> 12].data(), 2);
    std::memcpy(text + 2, kPairs[bits & 0xfff].data(), 2);
  }
}

bool decode_groups_by_table(ByteView text, std::uint8_t* octets) {
  if (text.empty()) return true;
  const std::uint8_t* c = text.data();
  const std::uint8_t* const last = c + text.size() - 4;
  std::uint32_t seen = 0;
  // Each store is one octet too long. The next group overwrites it; the last one is stored exactly.
  for (; c != last; c += 4, octets += 3) {
    const std::uint32_t word = group_word(c);
    seen |= word;
    std::memcpy(octets, &word, 4);
  }
  const std::uint32_t word = group_word(c);
  std::memcpy(octets, &word, 3);
  return std::bit_cast<std::array<std::uint8_t, 4>>(seen | word)[3] == 0;
}

void encode_groups(ByteView octets, std::uint8_t* text) {
  if (octets.size() >= kAvx2Octets && has_avx2()) return encode_groups_avx2(octets, text);
  encode_groups_by_table(octets, text);
}

bool decode_groups(ByteView text, std::uint8_t* octets) {
  if (text.size() >= kAvx2Characters && has_avx2()) return decode_groups_avx2(text, octets);
  return decode_groups_by_table(text, octets);
}

}  // namespace culvert::crypto
