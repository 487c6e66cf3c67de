// The header of an entity that may stand in a file: lines end in CRLF or in LF alone. In what comes
// by SMTP only CRLF ends a line (read_head).
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/canonical.h"

namespace culvert::crypto {

// What some editors put before a text (U+FEFF in UTF-8). Before a header it is no part of the first
// field's name.
inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct EntityFront {
  std::string header;    // every line with CRLF; without the empty line and a byte order mark
  std::size_t size = 0;  // octets of header, mark and empty line, as they stand in the source
  LineEnds line_ends = LineEnds::crlf;
};

// Reads the header at the front of `from`, which must be at its beginning and is there again
// afterwards. Without an empty line all of it is header. Refused (mime_refusal.h):
// header_too_large.
Result<EntityFront> read_entity_front(RewindableSource& from);

// Refuses (bad_header) a header, every line with CRLF, in which another reader might see other
// fields than we do: one with a NUL, with a CR or LF that ends no line, or with a line that is
// neither a field nor the continuation of one. The `From ` line of an mbox may stand first. What is
// said about an author is worth nothing without this.
Status check_fields(std::string_view header);

// True if the entity with this header, every line with CRLF, says once that its encoding is binary:
// its lines are no lines, and keep their ends.
bool says_binary(std::string_view header);

}  // namespace culvert::crypto
