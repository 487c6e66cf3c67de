// Encoded words (RFC 2047) as the most lenient reader has them: anywhere, also inside a token or in
// quotes, with blanks inside, with damaged escapes, and again in the decoded text. Used to find
// what somebody may read in a field, never to change it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/charset.h"

namespace culvert::crypto {

// Words inside words: decoding repeats until nothing changes, but at most this often. No program
// that we know goes beyond two.
inline constexpr std::size_t kMaxWordRounds = 3;

// How words that follow each other are joined. together: with nothing between them (RFC 2047, 6.2;
// the octets of a character may then be spread over two words). apart: with a blank, as some
// readers show them. spliced: the words of one charset and encoding are joined before they are
// decoded, so a group of base64 digits may be spread over two.
enum class WordJoins { together, apart, spliced };
// Where a word ends. lenient: at its `?=`, whatever precedes it. without_blanks: the same, and the
// blanks in it are dropped. strict: a word with a blank or a `?` in it is not one (RFC 2047, 2),
// and another may begin there.
enum class WordBounds { lenient, without_blanks, strict };
struct WordReading {
  WordJoins joins = WordJoins::together;
  WordBounds bounds = WordBounds::lenient;
};

// True if the text may hold an encoded word.
bool has_encoded_words(std::string_view text);

// The text with its encoded words decoded to UTF-8; all else stays as it is. `text` is an unfolded
// field body of any octets and any length. Linear in its length.
std::string decode_words(std::string_view text, const WordReading& reading,
                         CharsetReader& charsets);

// The text in every reading, each result once; the text alone if it holds no word.
std::vector<std::string> all_readings(std::string_view text, CharsetReader& charsets);

}  // namespace culvert::crypto
