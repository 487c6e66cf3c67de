// The culvert program: finds the command, runs it, and prints its result in the requested form.
#include <exception>
#include <nlohmann/json.hpp>

#include "crypto/base/log.h"
#include "node/system/private_memory.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/help.h"
#include "tools/cli/json_text.h"
#include "tools/cli/standard_streams.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kLongestErrorOctets = 4000;

int tell_error(const Error& error, OutputForm form) {
  tell_people("culvert: " + printable(error.text, kLongestErrorOctets) + "\n");
  if (!error.detail.empty()) tell_people("  (" + printable(error.detail) + ")\n");
  // An error about standard output cannot be told there.
  if (form == OutputForm::json && error.code != kOutputCode) {
    nlohmann::ordered_json told = {{"code", error.code}, {"text", error.text}};
    if (!error.detail.empty()) told["detail"] = error.detail;
    (void)print_json(json_text({{"error", std::move(told)}}));
  }
  const bool usage = error.code == kUsageCode || error.code == kConfigurationCode;
  return usage ? kExitUsage : kExitFailed;
}

// A result that cannot be written is an error, so that a script notices.
int tell(const Report& report, OutputForm form) {
  const Status told = form == OutputForm::text ? print_text(report.text)
                      : report.json.empty()    ? done()
                                               : print_json(report.json);
  return told ? report.exit_status : tell_error(told.error(), form);
}

int tell_help(const std::string& topic, const std::vector<Command>& commands, OutputForm form) {
  const auto text = help_text(topic, commands);
  if (!text) return tell_error(text.error(), form);
  return tell(Report{.text = *text}, OutputForm::text);
}

int run(const std::vector<std::string>& words) {
  const std::vector<Command> commands = all_commands();
  const OutputForm form = asks_for_json(words) ? OutputForm::json : OutputForm::text;
  const auto line = parse_command_line(words, commands);
  if (!line) return tell_error(line.error(), form);
  if (line->version) {
    return tell(Report{.text = "culvert " CULVERT_VERSION "\n"}, OutputForm::text);
  }
  if (line->help) return tell_help(*line->help, commands, form);
  if (line->command->name == "help") {
    std::string topic;
    for (const std::string& word : line->arguments.all("COMMAND")) {
      topic += (topic.empty() ? "" : " ") + word;
    }
    return tell_help(topic, commands, form);
  }
  const auto report = line->command->run(line->arguments);
  return report ? tell(*report, form) : tell_error(report.error(), form);
}

int tell_mistake(const std::exception& mistake, const std::vector<std::string>& words) {
  const Error error = internal_error("mistake", "stopped by a mistake in the program itself (" +
                                                    printable(mistake.what()) +
                                                    "); please report it with what you typed");
  return tell_error(error, asks_for_json(words) ? OutputForm::json : OutputForm::text);
}

}  // namespace
}  // namespace culvert::cli

int main(int argc, char** argv) {
  culvert::cli::hold_standard_streams();
  // Comes before anything is opened: every command may open keys or mail.
  culvert::node::keep_memory_private();
  // Standard output is for the result only; the log goes to standard error.
  culvert::start_log(culvert::LogLevel::warning, culvert::LogFormat::text);
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    return culvert::cli::run(words);
  } catch (const std::exception& error) {
    return culvert::cli::tell_mistake(error, words);
  }
}
