// The strings in a Name whose characters their kind does not have (X.680, 41): `A & B` or
// `Müller` as PrintableString. Old authorities write them and other programs show them, while Botan
// refuses the whole certificate. For the sources of crypto/keys alone. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// What the characters of a string are.
enum class Characters {
  of_its_kind,  // or beyond help, or no string: for Botan to judge
  ascii,   // visible characters and spaces of ASCII, which every reader takes for the same text
  unsure,  // octets beyond ASCII: readers agree on the octets alone; Latin-1 is what is shown
};

// `tag` is the identifier octet of a string.
Characters characters_of(std::uint8_t tag, ByteView content);

// Gives each string of the Name `name` that is not of_its_kind the tag of a kind that has its
// characters, and each value that is no string to Botan the look of one, unless the attribute is
// one whose value counts elsewhere (common name, serial number, mail address). Lengths stay.
// The result is for Botan alone: never compared, hashed or signed.
void make_strings_usual(MutableBytes name);

// The text of one AttributeValue (whole element); nothing if it is no string that can be read.
std::optional<std::string> string_in(ByteView element);

// True if a string of the Name is `unsure`: a constraint cannot tell what it says.
bool has_unsure_string(ByteView name);

}  // namespace culvert::crypto
