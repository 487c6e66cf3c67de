// Text as a person sees it: what two texts that look alike on a screen have in common. Used to find
// what somebody may take a text for, never to change what is passed on. Unicode Standard Annex 15
// (NFKC); RFC 5890 for the dots of domain names. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace culvert {

// The text in NFKC (full-width signs, ligatures and letters in circles become plain ones), without
// controls and invisible characters (zero width, soft hyphen, marks of direction, variation
// selectors, tags), every blank as one `U+0020`, the dots of other scripts as `.`. Accepts any
// octets and any length; a run that is not UTF-8 becomes one U+FFFD. The result is always valid
// UTF-8, at most 18 octets for one of `text`. Linear in its length.
std::string as_seen(std::string_view text);

// As seen, and without the difference between upper and lower case (Unicode's full case folding):
// equal for two spellings of one name.
std::string without_case(std::string_view text);

// True if `text` holds the sign that reverses the direction of what follows it, letters included
// (U+202E).
bool turns_direction(std::string_view text);
// The characters of valid UTF-8 in reverse order, as seen after such a sign.
std::string reversed(std::string_view text);

// The number of octets of the character at the front of valid UTF-8, if a label of a domain name
// may contain it: letters, marks and digits of any script, and the hyphen. 0 if it may not, or if
// there is none.
std::size_t label_character_length(std::string_view text);

}  // namespace culvert
