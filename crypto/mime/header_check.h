// What a header must be so that every program after us reads the same fields as we do. These
// programs differ: for one a NUL ends a name, another skips controls, a third lets a field's name
// continue after a fold, a fourth takes a vertical tab for the end of a line. RFC 5322, 2.2.
#pragma once

#include <string_view>

#include "crypto/base/result.h"

namespace culvert::crypto {

// `header` as in header.h: everything before the empty line, or all there is; may be empty.
// permanent `fields`, whose text says which line (counted from 1) is wrong and what is wrong with
// it, for
//   a NUL, or a CR or LF that ends no line, anywhere;
//   a line that is neither a field nor the continuation of one: without a colon, with a blank or a
//   control in the name (blanks and tabs before the colon are old, and valid), the `From ` line of
//   an mbox, a continuation as the first line;
//   an octet above 0x7E in a name that is, without it, one of the names below, or empty; in other
//   names some programs write such octets;
//   a control other than a tab in the body of From, Sender, Authentication-Results, Received and
//   `Culvert-*`. Other fields keep theirs: Japanese mail has raw escapes in Subject and To;
//   in any other body, the name of one of these fields and a colon after an octet that ends a line
//   for some readers (VT, FF, FS, GS, RS, NEL, U+2028, U+2029).
// Linear in the header's length.
Status check_header(std::string_view header);

}  // namespace culvert::crypto
