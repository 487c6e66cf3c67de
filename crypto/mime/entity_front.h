// The header of an entity that may be in a file: lines end in CRLF or in LF alone. In mail that
// comes by SMTP only CRLF ends a line (read_head).
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/canonical.h"

namespace culvert::crypto {

// Some editors put this before a text (U+FEFF in UTF-8). Before a header it is not part of the
// first field's name.
inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct EntityFront {
  std::string header;    // every line with CRLF; without empty line and byte order mark
  std::size_t size = 0;  // octets of header, mark and empty line in the source
  LineEnds line_ends = LineEnds::crlf;
};

// Reads the header at the front of `from`, which must be at its beginning and is rewound to it.
// Without an empty line all of it is header. Refused (mime_refusal.h): header_too_large.
Result<EntityFront> read_entity_front(RewindableSource& from);

// Refuses (bad_header) a header, every line with CRLF, in which another reader might see other
// fields than we do: one with a NUL, with a CR or LF that ends no line, or with a line that is
// neither a field nor the continuation of one. The `From ` line of an mbox may come first. Without
// this check, nothing said about an author is worth anything.
Status check_fields(std::string_view header);

// True if the entity with this header, every line with CRLF, says exactly once that its encoding is
// binary: it then has no real lines, and what looks like line ends stays as it is.
bool says_binary(std::string_view header);

}  // namespace culvert::crypto
