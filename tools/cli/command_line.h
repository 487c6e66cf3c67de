// From the words that the shell gave to a command with its arguments. CLI11 is behind this.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.h"

namespace culvert::cli {

// What the command line asks for: one of the three.
struct ParsedLine {
  const Command* command = nullptr;  // run it with `arguments`; null: show help or the version
  Arguments arguments{};
  std::optional<std::string> help{};  // the topic: a command, a group, or empty for all
  bool version = false;
};

// `words` without the program's name. `--config` and `--json` may stand before or after the
// command; the configuration is `$CULVERT_CONFIG`, else /etc/culvert/culvert.toml, if not given.
// Usage errors (code `usage`) say what to type. `commands` must outlive the result.
Result<ParsedLine> parse_command_line(const std::vector<std::string>& words,
                                      const std::vector<Command>& commands);

// True if the words ask for JSON, whether or not they parse: for telling a usage error.
bool asks_for_json(const std::vector<std::string>& words);

}  // namespace culvert::cli
