// Help texts, made from the commands' descriptions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/cli/command.h"

namespace culvert::cli {

// Help on a command, a group (`peer`), or everything (empty topic). A usage error for any other
// topic.
Result<std::string> help_text(std::string_view topic, const std::vector<Command>& commands);

// `culvert peer invite [--valid TIME] DOMAIN…`
std::string usage_line(const Command& command);

}  // namespace culvert::cli
