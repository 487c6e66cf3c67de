// The culvert program: finds the command, runs it, and tells its result in the form asked for.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "crypto/base/log.h"
#include "node/system/private_memory.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/help.h"

namespace culvert::cli {
namespace {

// Standard output may be a full disk or a closed pipe: what was not written was not done.
bool print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

int tell_error(const Error& error, OutputForm form) {
  std::fprintf(stderr, "culvert: %s\n", error.text.c_str());
  if (!error.detail.empty()) std::fprintf(stderr, "  (%s)\n", printable(error.detail).c_str());
  if (form == OutputForm::json) {
    const nlohmann::ordered_json told = {{"error", {{"code", error.code}, {"text", error.text}}}};
    print(told.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  const bool usage = error.code == kUsageCode || error.code == kConfigurationCode;
  return usage ? kExitUsage : kExitFailed;
}

int tell(const Report& report, OutputForm form) {
  const bool written = form == OutputForm::text ? print(report.text)
                       : report.json.empty()    ? true
                                                : print(report.json + "\n");
  return written ? report.exit_status : kExitFailed;
}

int tell_help(const std::string& topic, const std::vector<Command>& commands, OutputForm form) {
  const auto text = help_text(topic, commands);
  if (!text) return tell_error(text.error(), form);
  return print(*text) ? kExitDone : kExitFailed;
}

int run(const std::vector<std::string>& words) {
  const std::vector<Command> commands = all_commands();
  const OutputForm form = asks_for_json(words) ? OutputForm::json : OutputForm::text;
  const auto line = parse_command_line(words, commands);
  if (!line) return tell_error(line.error(), form);
  if (line->version) return print("culvert " CULVERT_VERSION "\n") ? kExitDone : kExitFailed;
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

}  // namespace
}  // namespace culvert::cli

int main(int argc, char** argv) {
  // First of all: every command may open keys or mail.
  culvert::node::keep_memory_private();
  // Standard output belongs to the result: what commands log goes to standard error.
  culvert::start_log(culvert::LogLevel::warning, culvert::LogFormat::text);
  try {
    return culvert::cli::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "culvert: stopped by a mistake in the program itself (%s); please report it with "
                 "what you typed\n",
                 culvert::printable(error.what()).c_str());
    return culvert::cli::kExitFailed;
  }
}
