// The fields by which this node tells people and filters what it found out about a message. Whoever
// else writes one lies; RFC 8601, 5 (removal of forged results).
#pragma once

#include <string_view>

#include "crypto/mime/header.h"

namespace culvert::crypto {

// True for what nobody but this node may say: any `Culvert-` field, and an Authentication-Results
// field that some reader may take for one of `authserv_id` (lower-case A-labels; empty: of nobody).
// That is one in which the name stands as a word, in any case, in quotes, with a final dot, with a
// version behind it, with invisible or full-width characters, in an encoded word; or, behind other
// text and in comments too, as the front of `NAME; smime=`, for which simple filters look. One that
// names another server and only mentions ours (`smtp.helo=NAME`, `(NAME)`) is not ours.
bool is_trust_mark(const HeaderField& field, std::string_view authserv_id);

}  // namespace culvert::crypto
