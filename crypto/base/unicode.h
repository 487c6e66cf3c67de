// Text as a person sees it: what two writings have in common that look alike on a screen. For
// finding what somebody may take a text for, never for changing what is handed on. Unicode
// Standard Annex 15 (NFKC); RFC 5890 for the dots of domain names. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace culvert {

// The text in NFKC (full-width signs, ligatures and letters in circles become plain ones), without
// controls and invisible characters (zero width, soft hyphen, marks of direction, variation
// selectors, tags), every blank as one `U+0020`, the dots of other scripts as `.`. Accepts any
// octets and any length: what is no UTF-8 becomes one U+FFFD. Always valid UTF-8, and at most 18
// octets for one of `text`; linear in its length.
std::string as_seen(std::string_view text);

// As seen, and without the difference of upper and lower case (Unicode's full case folding): two
// writings of one name.
std::string without_case(std::string_view text);

// True if `text` holds a sign that turns the direction of what follows it, letters too (U+202E).
bool turns_direction(std::string_view text);
// The characters of valid UTF-8 in reverse order: what is seen behind such a sign.
std::string reversed(std::string_view text);

// Octets of the character at the front of valid UTF-8 if it may stand in the label of a domain
// name: letters, marks, digits and the hyphen of any script. 0 if it may not, or there is none.
std::size_t label_character_length(std::string_view text);

}  // namespace culvert
