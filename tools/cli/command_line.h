// Parses the words of the command line into a command and its arguments, with CLI11.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.h"

namespace culvert::cli {

// What the command line asks for: a command, help or the version.
struct ParsedLine {
  const Command* command = nullptr;  // run it with `arguments`; null: show help or the version
  Arguments arguments{};
  std::optional<std::string> help{};  // the topic: a command, a group, or empty for all
  bool version = false;
};

// `words` exclude the program's name. `--config` and `--json` may come before or after the command.
// Without `--config`, the configuration is `$CULVERT_CONFIG`, else /etc/culvert/culvert.toml. Usage
// errors (code `usage`) say what to type. `commands` must outlive the result.
Result<ParsedLine> parse_command_line(const std::vector<std::string>& words,
                                      const std::vector<Command>& commands);

// True if the words ask for JSON, even if they do not parse: a usage error has to be told too.
bool asks_for_json(const std::vector<std::string>& words);

}  // namespace culvert::cli
