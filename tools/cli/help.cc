#include "tools/cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/base/log.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

constexpr const char* kIntroduction =
    "Culvert seals mail between organisations, node to node; the people who write and read it\n"
    "notice nothing.\n"
    "\n"
    "  culvert [--config FILE] [--json] COMMAND …\n"
    "\n";

constexpr const char* kGlobalOptions =
    "Everywhere:\n"
    "  --config FILE  the configuration; default $CULVERT_CONFIG, else /etc/culvert/culvert.toml\n"
    "  --json         the result as JSON on standard output\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 done, 1 it could not be done, 2 wrong usage or invalid configuration,\n"
    "3 (status) the node runs and needs a person.\n";

bool is_in_group(const Command& command, std::string_view group) {
  return command.name.size() > group.size() && command.name.starts_with(group) &&
         command.name[group.size()] == ' ';
}

std::string list(const std::vector<const Command*>& commands) {
  std::size_t width = 0;
  for (const Command* command : commands)
    width = std::max(width, command->name.size());
  std::string text;
  for (const Command* command : commands) {
    text += fmt::format("  {:<{}}  {}\n", command->name, width, command->summary);
  }
  return text;
}

std::string overview(const std::vector<Command>& commands) {
  std::vector<const Command*> all;
  for (const Command& command : commands)
    all.push_back(&command);
  return kIntroduction + list(all) + "\n`culvert help COMMAND` tells more, with an example.\n\n" +
         kGlobalOptions;
}

std::string described(const std::vector<std::pair<std::string, std::string>>& things) {
  std::size_t width = 0;
  for (const auto& [name, help] : things)
    width = std::max(width, display_width(name));
  std::string text;
  for (const auto& [name, help] : things) {
    text += "  " + name + std::string(width - display_width(name) + 2, ' ') + help + "\n";
  }
  return text;
}

std::string command_help(const Command& command) {
  std::string text = usage_line(command) + "\n  " + command.summary + ".\n";
  std::vector<std::pair<std::string, std::string>> things;
  for (const Operand& operand : command.operands)
    things.emplace_back(operand.name, operand.help);
  for (const Option& option : command.options) {
    things.emplace_back(option.name + (option.value.empty() ? "" : " " + option.value),
                        option.help);
  }
  if (!things.empty()) text += "\n" + described(things);
  if (!command.detail.empty()) text += "\n" + command.detail + "\n";
  return text + "\nExample:\n  " + command.example + "\n\n" + kGlobalOptions;
}

}  // namespace

std::string usage_line(const Command& command) {
  std::string line = "culvert " + command.name;
  for (const Option& option : command.options) {
    line += " [" + option.name + (option.value.empty() ? "" : " " + option.value) + "]";
  }
  for (const Operand& operand : command.operands) {
    switch (operand.count) {
      case Operand::Count::one:
        line += " " + operand.name;
        break;
      case Operand::Count::optional:
        line += " [" + operand.name + "]";
        break;
      case Operand::Count::some:
        line += " " + operand.name + "…";
        break;
      case Operand::Count::any:
        line += " [" + operand.name + "…]";
        break;
    }
  }
  return line;
}

Result<std::string> help_text(std::string_view topic, const std::vector<Command>& commands) {
  if (topic.empty()) return overview(commands);
  std::vector<const Command*> group;
  for (const Command& command : commands) {
    if (command.name == topic) return command_help(command);
    if (is_in_group(command, topic)) group.push_back(&command);
  }
  if (!group.empty()) return list(group) + "\n" + kGlobalOptions;
  return usage_error("there is no command '" + printable(topic, 80) + "'; see `culvert help`");
}

}  // namespace culvert::cli
