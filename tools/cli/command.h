// A command of the program as data: its name, its operands and options, its help, and the function
// that runs it. The parser (command_line.h), `--help` and `culvert help` are made from this. Each
// command has one file, which returns its `Command` to commands.cc.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace culvert::cli {

// Exit statuses. Frozen: scripts rely on them.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;        // wrong usage or invalid configuration
inline constexpr int kExitNeedsPerson = 3;  // `status`: the node runs, but needs a person

// Errors with these codes end with kExitUsage, all others with kExitFailed.
inline constexpr std::string_view kUsageCode = "usage";
inline constexpr std::string_view kConfigurationCode = "bad-configuration";

// Wrong usage. `text` is one line that ends with what to type instead.
inline Error usage_error(std::string text) { return permanent_error(kUsageCode, std::move(text)); }

// An argument without a name.
struct Operand {
  enum class Count { one, optional, some, any };  // exactly 1, 0 or 1, 1 or more, 0 or more

  std::string name;  // upper case: `DOMAIN`
  Count count = Count::one;
  std::string help;
  enum class Content { plain, secret } content = Content::plain;  // secret: never logged
};

struct Option {
  std::string name;  // with dashes: `--valid`
  // Upper case, `TIME`; empty for a flag. A final `…` means that it takes several. `FILE` stands
  // for a file name, and so does `HEXFILE` after a colon.
  std::string value;
  std::string help;  // names the default
};

enum class OutputForm { text, json };

// What was given on the command line. Names are those of the command's operands and options.
class Arguments {
 public:
  std::filesystem::path config_file;
  // The command as it was typed, without its secrets, for the log of the node.
  std::string spoken;
  OutputForm form = OutputForm::text;

  bool has(std::string_view name) const { return given_.contains(name); }
  // The last value given, or nothing.
  std::optional<std::string> value(std::string_view name) const;
  // In the order given; empty if there is none.
  const std::vector<std::string>& all(std::string_view name) const;
  // The files that the command reads: all that options name except --out, as they were given.
  const std::vector<std::string>& files_to_read() const { return files_to_read_; }

  // `option` is null for an operand.
  void give(std::string name, std::vector<std::string> values, const Option* option = nullptr);

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
  std::vector<std::string> files_to_read_;
};

// The result of a command. `text` goes to standard output, or `json` with `--json`. A command that
// streams (decrypted mail, the demo) writes there itself and leaves both empty.
struct Report {
  std::string text{};  // whole lines for people
  std::string json{};  // one JSON value
  int exit_status = kExitDone;
};

struct Command {
  std::string name;     // `init`, `peer invite`
  std::string summary;  // one line, no full stop
  std::vector<Operand> operands;
  std::vector<Option> options;
  std::string detail;   // paragraphs for `--help`; may be empty
  std::string example;  // one command line
  Result<Report> (*run)(const Arguments& arguments) = nullptr;
};

}  // namespace culvert::cli
