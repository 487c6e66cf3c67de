// A word to whoever signs mail that names somebody else as its author: no reader will take the
// signature for that of the author, and most show it as wrong.
#pragma once

#include <string_view>

#include "crypto/smime/trust.h"

namespace culvert::cli {

// Tells people if `signer` does not name the one author of a message with this header (each line
// with CRLF), or if there is no such one. Nothing for the header of a mere MIME entity (trust.h).
void warn_if_for_another(const crypto::Certificate& signer, std::string_view header,
                         crypto::LocalParts local_parts);

}  // namespace culvert::cli
