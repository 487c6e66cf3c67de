// All commands of the program, in the order in which `culvert help` shows them. A command's file
// defines one of these functions; commands.cc lists them.
#pragma once

#include <vector>

#include "tools/cli/command.h"

namespace culvert::cli {

std::vector<Command> all_commands();

Command init_command();
Command check_command();
std::vector<Command> policy_commands();

}  // namespace culvert::cli
