// A command of the program as data: its words, what it takes, what it says about itself, and the
// function that does it. The parser (command_line.h), `--help` and `culvert help` are made from
// this; each command has one file, which returns its `Command` to commands.cc.
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
inline constexpr int kExitNeedsPerson = 3;  // `status`: the node runs, and something waits for one

// Errors with these codes end with kExitUsage, all others with kExitFailed.
inline constexpr std::string_view kUsageCode = "usage";
inline constexpr std::string_view kConfigurationCode = "bad-configuration";

// Wrong usage, told in one line that ends with what to type instead.
inline Error usage_error(std::string text) { return permanent_error(kUsageCode, std::move(text)); }

// What stands on the command line without a name.
struct Operand {
  enum class Count { one, optional, some, any };  // exactly 1, 0 or 1, 1 or more, 0 or more

  std::string name;  // upper case: `DOMAIN`
  Count count = Count::one;
  std::string help;
  enum class Content { plain, secret } content = Content::plain;  // secret: stands in no log
};

struct Option {
  std::string name;  // with dashes: `--valid`
  // Upper case, `TIME`; empty: a flag. A final `…` takes several. `FILE` names a file, and
  // `HEXFILE` behind a colon.
  std::string value;
  std::string help;  // names the default
};

enum class OutputForm { text, json };

// What was given. Names are those of the command's operands and options.
class Arguments {
 public:
  std::filesystem::path config_file;
  // The command as it was typed, but for what is secret: for the log of the node.
  std::string spoken;
  OutputForm form = OutputForm::text;

  bool has(std::string_view name) const { return given_.contains(name); }
  // The last one given, or nothing.
  std::optional<std::string> value(std::string_view name) const;
  // In the order given; empty if there is none.
  const std::vector<std::string>& all(std::string_view name) const;
  // All files that options name, as they were given, but for --out: what the command reads.
  const std::vector<std::string>& files_to_read() const { return files_to_read_; }

  // `option` is null for an operand.
  void give(std::string name, std::vector<std::string> values, const Option* option = nullptr);

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
  std::vector<std::string> files_to_read_;
};

// What a command tells when it is done. Standard output gets `text` or, with `--json`, `json`. A
// command that streams (decrypted mail, the demo) writes there itself and leaves both empty.
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
