// Comments in structured fields (RFC 5322, 3.2.2). Internal to this folder. Texts are unfolded
// bodies of any octets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace culvert::crypto {

// The place after the comments and white space at `at`. A comment that is not closed goes on to the
// end.
std::size_t skip_comments(std::string_view text, std::size_t at);

// The text without its comments; what is in a quoted string is not a comment.
std::string without_comments(std::string_view text);

}  // namespace culvert::crypto
