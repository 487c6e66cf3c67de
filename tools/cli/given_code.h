// The invitation code for `peer accept`. On the command line, every user of the machine can read it
// in the list of processes; on standard input, nobody can.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "tools/cli/command.h"

namespace culvert::cli {

// The code in `text`, in one piece. It begins at the first `culvert1-`, and ends at an empty line
// or at a character that no code has. Blanks of every kind, line ends, marks of quoted mail (`>`)
// and invisible characters are left out, because mail and chat programs insert them. Empty if there
// is no code.
SecretBytes code_in(std::string_view text);

// The code in the operand CODE, or in standard input if CODE is `-` or missing. A usage error if
// there is no code; permanent `too-large` if the input is longer than a code and a mail around it;
// permanent `not-readable`.
Result<SecretBytes> given_code(const Arguments& arguments);

}  // namespace culvert::cli
