// The fields in which this node tells people and filters what it found out about a message. One
// from anybody else is forged; RFC 8601, 5 (removal of forged results).
#pragma once

#include <string_view>

#include "crypto/mime/header.h"

namespace culvert::crypto {

// True for fields that only this node may write: any `Culvert-` field, and an
// Authentication-Results field that some reader may take for one of `authserv_id` (lower-case
// A-labels; empty: of nobody). Such a field has the name as a word: in any case, in quotes, with a
// final dot, with a version after it, with invisible or full-width characters, in an encoded word.
// Or it has `NAME; smime=`, for which simple filters look, even after other text or in a comment. A
// field that names another server and only mentions ours (`smtp.helo=NAME`, `(NAME)`) is not ours.
bool is_trust_mark(const HeaderField& field, std::string_view authserv_id);

}  // namespace culvert::crypto
