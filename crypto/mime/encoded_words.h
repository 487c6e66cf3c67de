// Encoded words (RFC 2047) as the most lenient reader has them: anywhere, also inside a token or in
// quotes, with blanks inside, with damaged escapes, and again in what came out. For finding what
// somebody may read in a field, never for changing it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/charset.h"

namespace culvert::crypto {

// Words inside words: decoding goes on until nothing changes, but not beyond this. Of the programs
// that we know none goes beyond two.
inline constexpr std::size_t kMaxWordRounds = 3;

// What stands between words that follow each other: nothing (RFC 2047, 6.2; octets of a character
// may then be spread over two words), or a blank, as some readers show them; or the words of one
// charset and encoding are joined before they are decoded, so that a group of base64 digits may be
// spread over two.
enum class WordJoins { together, apart, spliced };
// Where a word ends: at its `?=`, whatever stands before it, with the blanks in it or without them;
// or a word with a blank or a `?` in it is none (RFC 2047, 2), and another one may begin there.
enum class WordBounds { lenient, without_blanks, strict };
struct WordReading {
  WordJoins joins = WordJoins::together;
  WordBounds bounds = WordBounds::lenient;
};

// True if there may be an encoded word in it.
bool has_encoded_words(std::string_view text);

// The text with its encoded words decoded to UTF-8; all else stays as it is. `text` is an unfolded
// field body of any octets and any length. Linear in its length.
std::string decode_words(std::string_view text, const WordReading& reading,
                         CharsetReader& charsets);

// What the text is in any reading, each once; the text alone if no word is in it.
std::vector<std::string> all_readings(std::string_view text, CharsetReader& charsets);

}  // namespace culvert::crypto
