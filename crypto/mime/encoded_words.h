// Encoded words (RFC 2047) as the most lenient reader has them: anywhere, also inside a token or in
// quotes, with blanks inside, with damaged escapes, and again in what came out. For finding what
// somebody may read in a field, never for changing it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/base/charset.h"

namespace culvert::crypto {

// Words inside words: decoding goes on until nothing changes, but not beyond this. Of the programs
// that we know none goes beyond two.
inline constexpr std::size_t kMaxWordRounds = 3;

// What stands between words that follow each other: nothing (RFC 2047, 6.2; octets of a character
// may then be spread over two words), or a blank, as some readers show them.
enum class WordJoins { together, apart };

// True if there may be an encoded word in it.
bool has_encoded_words(std::string_view text);

// The text with its encoded words decoded to UTF-8; all else stays as it is. `text` is an unfolded
// field body of any octets and any length. Linear in its length.
std::string decode_words(std::string_view text, WordJoins joins, CharsetReader& charsets);

}  // namespace culvert::crypto
