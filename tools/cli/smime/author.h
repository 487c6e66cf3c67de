// A warning for people who sign mail that names somebody else as its author. No reader takes the
// signature for the author's, and most show it as wrong.
#pragma once

#include <string_view>

#include "crypto/smime/trust.h"

namespace culvert::cli {

// Warns if `signer` does not name the author of a message with this header (each line with CRLF),
// or if the message does not have exactly one author. The header of a mere MIME entity gets no
// warning (trust.h).
void warn_if_for_another(const crypto::Certificate& signer, std::string_view header,
                         crypto::LocalParts local_parts);

}  // namespace culvert::cli
