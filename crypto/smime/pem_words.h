// Words before a PEM block (RFC 7468, section 2). They must not be the header of a message: then
// the block is a part of the body, and whoever signed it is not compared with the author.
#pragma once

#include <string_view>

namespace culvert::crypto {

// True if some reader, however lenient about line ends and signs around a name, could take `words`,
// everything before the block, for the header of a message: a line in it names an author, a
// recipient, a date or a kind of content as a field does. Also true for what is no text.
bool may_be_header(std::string_view words);

}  // namespace culvert::crypto
