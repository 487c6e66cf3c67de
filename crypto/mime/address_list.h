// Reads the body of a From field if every reader agrees what in it is an address and what a name.
// Internal to this folder. RFC 5322, 3.4, without groups, routes and obsolete forms.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace culvert::crypto {

// The addresses, without angle brackets, of `name <address>` and `address`, separated by commas,
// with comments between the parts. A name consists of quoted strings and of words without specials
// (dots are usual). An address is `local@domain`; neither part has a blank, comment or special,
// except quotes around the local part. Nothing for anything else, for an empty text, and for a text
// with a control anywhere. `text` is an unfolded body; the views point into it.
std::optional<std::vector<std::string_view>> plain_addresses(std::string_view text);

}  // namespace culvert::crypto
