#include "tools/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <deque>

#include "crypto/base/log.h"

namespace culvert::cli {
namespace {

// Where CLI11 puts the values of one option or operand.
struct Slot {
  std::string name;
  const Option* described = nullptr;  // null for an operand
  CLI::Option* option = nullptr;
  std::vector<std::string> values;
};

struct Leaf {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  std::deque<Slot> slots;  // CLI11 keeps pointers into it
};

struct Globals {
  std::string config;
  bool json = false;
  bool help = false;
  bool version = false;
};

// Unknown options and surplus operands are collected, not thrown, so that check_given can word the
// error.
void prepare(CLI::App& app) {
  app.set_help_flag("");
  app.allow_extras();
  app.fallthrough();
}

CLI::App* group_of(CLI::App& root, const std::string& word) {
  const auto known =
      root.get_subcommands([&](const CLI::App* app) { return app->get_name() == word; });
  if (!known.empty()) return known.front();
  CLI::App* group = root.add_subcommand(word);
  prepare(*group);
  group->require_subcommand(0, 1);
  return group;
}

CLI::App* app_of(CLI::App& root, const std::string& name) {
  const std::size_t space = name.find(' ');
  if (space == std::string::npos) {
    CLI::App* app = root.add_subcommand(name);
    prepare(*app);
    return app;
  }
  CLI::App* app = group_of(root, name.substr(0, space))->add_subcommand(name.substr(space + 1));
  prepare(*app);
  return app;
}

// CLI11 in Debian 13 takes no `=` in a name: it gets KEY_VALUE where people see `KEY=VALUE`.
std::string parser_name(std::string name) {
  std::replace(name.begin(), name.end(), '=', '_');
  return name;
}

bool takes_many(const Operand& operand) {
  return operand.count == Operand::Count::some || operand.count == Operand::Count::any;
}

void add_slots(Leaf& leaf) {
  for (const Operand& operand : leaf.command->operands) {
    Slot& slot = leaf.slots.emplace_back();
    slot.name = operand.name;
    slot.option = leaf.app->add_option(parser_name(operand.name), slot.values);
    if (takes_many(operand))
      slot.option->expected(1, CLI::detail::expected_max_vector_size);
    else
      slot.option->expected(1)->allow_extra_args(false);
  }
  for (const Option& option : leaf.command->options) {
    Slot& slot = leaf.slots.emplace_back();
    slot.name = option.name;
    slot.described = &option;
    if (option.value.empty()) {
      slot.option = leaf.app->add_flag(option.name);
    } else {
      slot.option = leaf.app->add_option(option.name, slot.values);
      if (option.value.ends_with("…"))
        slot.option->expected(1, CLI::detail::expected_max_vector_size);
      else
        slot.option->expected(1)->allow_extra_args(false)->multi_option_policy(
            CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

std::filesystem::path config_file(const std::string& given) {
  if (!given.empty()) return given;
  const char* from_environment = std::getenv("CULVERT_CONFIG");
  if (from_environment && *from_environment) return from_environment;
  return "/etc/culvert/culvert.toml";
}

std::string see(const std::string& topic) {
  return "; see `culvert help" + (topic.empty() ? "" : " " + topic) + "`";
}

// Rewords the library's `--limit: 1 required TEXT missing` and `Could not convert: --json = 3`.
std::string text_of(const CLI::ParseError& error) {
  const std::string text = printable(error.what());
  const std::size_t begin = text.find("--");
  const std::string name = begin == std::string::npos
                               ? ""
                               : text.substr(begin, text.find_first_of(": =", begin) - begin);
  if (name.empty()) return text;
  const bool is_flag = dynamic_cast<const CLI::ConversionError*>(&error) != nullptr;
  return name + (is_flag ? " takes no value" : " needs a value");
}

// A usage error if something is missing or too much.
Status check_given(const Leaf& leaf, const std::vector<std::string>& extras) {
  const std::string& name = leaf.command->name;
  if (!extras.empty()) {
    const std::string& word = extras.front();
    const char* what = word.starts_with('-') ? "unknown option '" : "unexpected '";
    return usage_error(what + printable(word, 80) + "'" + see(name));
  }
  for (const Operand& operand : leaf.command->operands) {
    const auto slot = std::find_if(leaf.slots.begin(), leaf.slots.end(),
                                   [&](const Slot& s) { return s.name == operand.name; });
    const bool needed =
        operand.count == Operand::Count::one || operand.count == Operand::Count::some;
    if (needed && slot->values.empty()) {
      return usage_error("culvert " + name + " needs " + operand.name + " (" + operand.help + ")" +
                         see(name));
    }
  }
  for (const Slot& slot : leaf.slots) {
    const bool is_flag = slot.described != nullptr && slot.described->value.empty();
    // Otherwise `--yes=no` would count as yes.
    for (const std::string& value : is_flag ? slot.option->results() : std::vector<std::string>{}) {
      if (value != "true") return usage_error(slot.name + " takes no value" + see(name));
    }
  }
  return done();
}

bool is_secret(const Leaf& leaf, const Slot& slot) {
  const auto& operands = leaf.command->operands;
  return std::any_of(operands.begin(), operands.end(), [&slot](const Operand& operand) {
    return operand.name == slot.name && operand.content == Operand::Content::secret;
  });
}

std::string spoken(const Leaf& leaf) {
  std::string words = leaf.command->name;
  for (const Slot& slot : leaf.slots) {
    if (slot.option->count() == 0) continue;
    if (slot.described != nullptr) words += " " + slot.name;
    if (slot.described != nullptr && slot.described->value.empty()) continue;
    for (const std::string& value : slot.values)
      words += " " + (is_secret(leaf, slot) ? slot.name : value);
  }
  return words;
}

Arguments arguments_of(const Leaf& leaf, const Globals& globals) {
  Arguments arguments;
  arguments.config_file = config_file(globals.config);
  arguments.form = globals.json ? OutputForm::json : OutputForm::text;
  arguments.spoken = spoken(leaf);
  for (const Slot& slot : leaf.slots) {
    if (slot.option->count() > 0) arguments.give(slot.name, slot.values, slot.described);
  }
  return arguments;
}

// The words of the command or group that was typed, outermost first.
std::string topic_of(const CLI::App& root) {
  std::string topic;
  const CLI::App* at = &root;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    topic += (topic.empty() ? "" : " ") + at->get_name();
  }
  return topic;
}

Result<ParsedLine> judge(const CLI::App& root, const std::deque<Leaf>& leaves,
                         const Globals& globals) {
  ParsedLine line;
  line.version = globals.version;
  const std::string topic = topic_of(root);
  const auto extras = root.remaining(true);
  if (globals.help) line.help = topic;
  if (line.version || line.help) return line;
  for (const Leaf& leaf : leaves) {
    if (!leaf.app->parsed()) continue;
    if (const Status given = check_given(leaf, extras); !given) return given.error();
    line.command = leaf.command;
    line.arguments = arguments_of(leaf, globals);
    return line;
  }
  if (!extras.empty()) {
    return usage_error("there is no command '" + (topic.empty() ? "" : topic + " ") +
                       printable(extras.front(), 80) + "'" + see(topic));
  }
  if (!topic.empty()) return usage_error("'" + topic + "' needs one more word" + see(topic));
  return usage_error("say what to do" + see({}));
}

}  // namespace

Result<ParsedLine> parse_command_line(const std::vector<std::string>& words,
                                      const std::vector<Command>& commands) {
  CLI::App root;
  prepare(root);
  root.require_subcommand(0, 1);
  Globals globals;
  root.add_option("--config", globals.config)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  root.add_flag("--json", globals.json);
  root.add_flag("-h,--help", globals.help);
  root.add_flag("--version", globals.version);
  std::deque<Leaf> leaves;
  for (const Command& command : commands) {
    Leaf& leaf = leaves.emplace_back();
    leaf.command = &command;
    leaf.app = app_of(root, command.name);
    add_slots(leaf);
  }
  try {
    root.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    return usage_error(text_of(error) + see(topic_of(root)));
  }
  return judge(root, leaves, globals);
}

bool asks_for_json(const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), "--json") != words.end();
}

}  // namespace culvert::cli
