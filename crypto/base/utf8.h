// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace culvert {

// The number of octets of the valid sequence at the front of `text`; 0 if there is none.
std::size_t utf8_sequence_length(std::string_view text);

// The code point of `sequence`, which must be exactly one valid sequence.
char32_t utf8_code_point(std::string_view sequence);

// True if all of it is valid UTF-8 (empty is).
bool is_utf8(std::string_view text);

// True if every octet is below 128.
bool is_ascii(std::string_view text);

}  // namespace culvert
