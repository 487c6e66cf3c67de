// The three standard streams. Each may be closed, a file on a full disk, or a terminal.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::cli {

// Call once, before anything is opened. A closed stream gets a descriptor that refuses everything.
// Otherwise the next file that is opened, such as the store, would get the stream's number, and
// printed text would be written into that file.
void hold_standard_streams();

// Text of several lines, each passed through `printable` (crypto/base/log.h) without a limit.
std::string printable_lines(std::string_view text);

inline constexpr std::string_view kOutputCode = "output";

// Write the result of a command to standard output: for people, through `printable_lines`; for
// scripts, through `safe_json`. So text from a mail, a certificate or a peer can neither move nor
// hide what is on a terminal. permanent kOutputCode if not all of it was written.
Status print_text(std::string_view lines);
Status print_json(std::string_view json);

// The same to standard error; what cannot be written is lost.
void tell_people(std::string_view lines);

}  // namespace culvert::cli
