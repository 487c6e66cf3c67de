// Strings in a Name with characters that their type does not allow (X.680, 41): `A & B` or `Müller`
// as PrintableString. Old CAs write them and other programs show them, but Botan refuses the whole
// certificate. For the sources of crypto/keys only. Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// The kinds of characters in a string.
enum class Characters {
  of_its_kind,  // or beyond repair, or not a string: Botan decides
  ascii,        // visible ASCII and spaces, which every reader takes for the same text
  unsure,       // octets beyond ASCII: readers agree only on the octets; shown as Latin-1
};

// `tag` is the identifier octet of a string.
Characters characters_of(std::uint8_t tag, ByteView content);

// Gives each string of the Name `name` that is not of_its_kind the tag of a type that allows its
// characters. Makes each value that Botan does not take for a string look like one, unless the
// attribute's value is used elsewhere (common name, serial number, mail address). Lengths stay the
// same. The result is only for Botan: never compare, hash or sign it.
void make_strings_usual(MutableBytes name);

// The text of one AttributeValue (whole element); nothing if it is not a readable string.
std::optional<std::string> string_in(ByteView element);

// True if a string of the Name is `unsure`: then a constraint cannot tell what the Name says.
bool has_unsure_string(ByteView name);

}  // namespace culvert::crypto
