// A question before something that is hard to take back.
#pragma once

#include <string>

#include "tools/cli/command.h"

namespace culvert::cli {

// True if the administrator says yes, or `--yes` was given. Asks only on a terminal: a script that
// gives the command means it.
bool is_confirmed(const Arguments& arguments, const std::string& question);

// True if a question would be asked: standard input is a terminal, and `--yes` was not given.
bool can_ask(const Arguments& arguments);

// permanent `not-wanted`.
Error not_wanted();

}  // namespace culvert::cli
