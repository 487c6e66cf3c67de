// Files and pipes of the smime commands. A pipe that must be read twice is spooled to a temporary
// file, encrypted under a key that only this process has. An output file has no name until it is
// complete, so that nothing of it is left however the process ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "tools/cli/command.h"
#include "tools/cli/temporary_name.h"

namespace culvert::cli {

// The file of that name, or standard input for `-` and nothing. permanent `not-readable`.
Result<std::unique_ptr<RewindableSource>> open_input(const std::optional<std::string>& name);

// The same for input that is read once: a pipe is not spooled and cannot be rewound.
Result<std::unique_ptr<RewindableSource>> open_stream(const std::optional<std::string>& name);

// A whole file of keys or of a password, at most `limit_bytes` long. permanent `not-readable`,
// `too-large`.
Result<SecretBytes> read_small_file(const std::string& name, std::size_t limit_bytes);

class OutputFile final : public Sink {
 public:
  // The file of that name (for a link, its target), or standard output for `-` and nothing.
  // permanent `not-writable`.
  static Result<std::unique_ptr<OutputFile>> create(const std::optional<std::string>& name);
  ~OutputFile() override;

  Status write(ByteView bytes) override;
  // Gives the file the mode of an older file of its name, so that the same people can read it. Not
  // for plaintext.
  void take_older_mode();
  // Gives the file its name. Without this call nothing that was written remains. Not synced to the
  // disk, as with cp: the input is there until its owner removes it.
  Status keep();
  // Removes an older file of that name, if there is one.
  void remove_older();

 private:
  // in_place: standard output, a pipe or a device. nameless: a file that has no name yet.
  // temporary: a file with a temporary name, where the file system has no nameless files.
  enum class Kind { in_place, nameless, temporary };
  OutputFile(int fd, std::string name, Kind kind) : fd_(fd), name_(std::move(name)), kind_(kind) {}
  static Result<std::unique_ptr<OutputFile>> create_file(const std::string& name);
  Status take_name();

  int fd_;
  std::string name_;
  Kind kind_;
  std::unique_ptr<TemporaryName> temporary_;
};

// Writes the result of a command to --out by calling `make`. If that fails, or its report tells a
// failure, no file of that name is left, not even an older one. After a usage error an older file
// stays. A usage error if --out is a file that the command reads.
enum class Secrecy { sealed, plain };  // plain: only the owner may read it
Result<Report> with_output(const Arguments& arguments, Secrecy secrecy,
                           const std::function<Result<Report>(Sink&)>& make);
// The same, in the form of a command's `run` function.
template <Secrecy secrecy, Result<Report> (*make)(const Arguments&, Sink&)>
Result<Report> writes_output(const Arguments& arguments) {
  return with_output(arguments, secrecy, [&](Sink& output) { return make(arguments, output); });
}

}  // namespace culvert::cli
