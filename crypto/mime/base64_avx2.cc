#include "crypto/mime/base64_avx2.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>

namespace culvert::crypto {
namespace {

// The same sixteen octets in both lanes.
[[gnu::target("avx2")]] __m256i in_both(__m128i lane) { return _mm256_broadcastsi128_si256(lane); }

// 24 octets to 32 values of six bits. Neither load reads beyond them: the second begins early, and
// its groups begin at its fifth octet.
[[gnu::target("avx2")]] __m256i split(const std::uint8_t* octets) {
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets + 8));
  // Of a group a b c, each 32-bit word gets the 16-bit halves ab and bc.
  const __m256i halves =
      _mm256_shuffle_epi8(_mm256_set_m128i(high, low),
                          _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10,  //
                                           5, 4, 6, 5, 8, 7, 9, 8, 11, 10, 12, 11, 14, 13, 15, 14));
  // Multiplication shifts each half by its own count: ab >> 10 and bc >> 6, ab << 4 and bc << 8.
  const __m256i even = _mm256_mulhi_epu16(_mm256_and_si256(halves, _mm256_set1_epi32(0x0fc0fc00)),
                                          _mm256_set1_epi32(0x04000040));
  const __m256i odd = _mm256_mullo_epi16(_mm256_and_si256(halves, _mm256_set1_epi32(0x003f03f0)),
                                         _mm256_set1_epi32(0x01000010));
  return _mm256_or_si256(even, odd);
}

// Values of six bits to characters: each run of the alphabet has its own distance.
[[gnu::target("avx2")]] __m256i to_alphabet(__m256i values) {
  // 0 for a-z (and A-Z), 1 to 10 for digits, 11 and 12 for + and /; 13 for A-Z.
  __m256i run = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
  const __m256i upper = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), values);
  run = _mm256_or_si256(run, _mm256_and_si256(upper, _mm256_set1_epi8(13)));
  const __m128i distance = _mm_setr_epi8('a' - 26, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, '+' - 62,
                                         '/' - 63, 'A', 0, 0);
  return _mm256_add_epi8(values, _mm256_shuffle_epi8(in_both(distance), run));
}

// The high halves of octets, from 0 to 15.
[[gnu::target("avx2")]] __m256i high_halves(__m256i octets) {
  return _mm256_and_si256(_mm256_srli_epi16(octets, 4), _mm256_set1_epi8(15));
}

// Zero where a character is outside the alphabet. The high half of a character gives its column of
// the code table, as a bit: 1 for + and /, 2 for digits, 4 for A-O and a-o, 8 for P-Z and p-z. The
// low half gives the columns that have such a row. A look-up gives 0 for octets from 0x80 on.
[[gnu::target("avx2")]] __m256i columns(__m256i text, __m256i high) {
  const __m128i of_high = _mm_setr_epi8(0, 0, 1, 2, 4, 8, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m128i of_low = _mm_setr_epi8(2 | 8, 14, 14, 14, 14, 14, 14, 14, 14, 14,  //
                                       4 | 8, 1 | 4, 4, 4, 4, 1 | 4);
  return _mm256_and_si256(_mm256_shuffle_epi8(in_both(of_high), high),
                          _mm256_shuffle_epi8(in_both(of_low), text));
}

// Characters of the alphabet to values of six bits. The column gives the distance; the slash uses
// that of the column before.
[[gnu::target("avx2")]] __m256i to_values(__m256i text, __m256i high) {
  const __m128i distance = _mm_setr_epi8(0, 63 - '/', 62 - '+', 52 - '0', 0 - 'A', 0 - 'A',
                                         26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/'));
  return _mm256_add_epi8(text,
                         _mm256_shuffle_epi8(in_both(distance), _mm256_add_epi8(high, slash)));
}

// 32 values of six bits to 24 octets.
[[gnu::target("avx2")]] void join(__m256i values, std::uint8_t* octets) {
  const __m256i twelve = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
  const __m256i groups = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));
  const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(groups, in_both(order)),
                                                     _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(octets), _mm256_castsi256_si128(packed));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(octets + 16), _mm256_extracti128_si256(packed, 1));
}

}  // namespace

// In both functions the last step may overlap the one before: it then writes the same again.
[[gnu::target("avx2")]] void encode_groups_avx2(ByteView octets, std::uint8_t* text) {
  const std::size_t last = octets.size() - kAvx2Octets;
  for (std::size_t at = 0;; at = std::min(at + kAvx2Octets, last)) {
    const __m256i characters = to_alphabet(split(octets.data() + at));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(text + at / 3 * 4), characters);
    if (at == last) return;
  }
}

[[gnu::target("avx2")]] bool decode_groups_avx2(ByteView text, std::uint8_t* octets) {
  const std::size_t last = text.size() - kAvx2Characters;
  __m256i bad = _mm256_setzero_si256();
  for (std::size_t at = 0;; at = std::min(at + kAvx2Characters, last)) {
    const __m256i chars = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at));
    const __m256i high = high_halves(chars);
    bad = _mm256_or_si256(bad, _mm256_cmpeq_epi8(columns(chars, high), _mm256_setzero_si256()));
    join(to_values(chars, high), octets + at / 4 * 3);
    if (at == last) return _mm256_testz_si256(bad, bad) != 0;
  }
}

}  // namespace culvert::crypto

#else
#include <cstdlib>

namespace culvert::crypto {
void encode_groups_avx2(ByteView, std::uint8_t*) { std::abort(); }
bool decode_groups_avx2(ByteView, std::uint8_t*) { std::abort(); }
}  // namespace culvert::crypto
#endif
