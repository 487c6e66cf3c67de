// Comments in structured fields (RFC 5322, 3.2.2); not for callers outside this folder. Texts are
// unfolded bodies of any octets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace culvert::crypto {

// The place behind the comments and white space that stand at `at`. One that is not closed goes on
// to the end.
std::size_t skip_comments(std::string_view text, std::size_t at);

// Without comments, where they are no part of a quoted string.
std::string without_comments(std::string_view text);

}  // namespace culvert::crypto
