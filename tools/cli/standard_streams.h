// The three streams that every command begins with, which may be closed, a full disk or a terminal.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::cli {

// Call once, before anything is opened. A stream that is closed gets a descriptor that refuses
// everything: else the next file that is opened, such as the store, would have its number, and what
// is printed would be written into that file.
void hold_standard_streams();

// Text of several lines, each as `printable` makes it (crypto/base/log.h), without a limit.
std::string printable_lines(std::string_view text);

inline constexpr std::string_view kOutputCode = "output";

// Writes to standard output what a command tells people, through `printable_lines`, or scripts, as
// `safe_json`: whatever of it a mail, a certificate or a peer supplied neither moves nor hides what
// stands on a terminal. permanent kOutputCode if it was not taken whole.
Status print_text(std::string_view lines);
Status print_json(std::string_view json);

// The same to standard error; what cannot be written is lost.
void tell_people(std::string_view lines);

}  // namespace culvert::cli
