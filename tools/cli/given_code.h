// The invitation code that `peer accept` was given: on the command line, where every user of the
// machine can read it in the list of processes, or on standard input, where nobody can.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "tools/cli/command.h"

namespace culvert::cli {

// The code in `text`, in one piece: it begins at the first `culvert1-`, and ends at an empty line
// or at what no code has. Blanks of every kind, line ends, marks of quoted mail (`>`) and
// characters that are not shown are left out, as mail and chat programs put them in. Empty if there
// is none.
SecretBytes code_in(std::string_view text);

// The operand CODE, or what standard input has if it is `-` or was not given. usage if there is no
// code, permanent `too-large` beyond what a code can be, `not-readable`.
Result<SecretBytes> given_code(const Arguments& arguments);

}  // namespace culvert::cli
