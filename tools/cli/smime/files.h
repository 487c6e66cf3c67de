// Files and pipes of the smime commands. What is read twice and comes from a pipe is spooled to a
// temporary file, encrypted under a key that only this process has; what is written to a file
// has no name before it is whole, so that nothing of it is left however the process ends.
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

// The same to be read once: a pipe is not spooled, and cannot be rewound.
Result<std::unique_ptr<RewindableSource>> open_stream(const std::optional<std::string>& name);

// A whole file of keys or of a password, at most `limit_bytes` long. permanent `not-readable`,
// `too-large`.
Result<SecretBytes> read_small_file(const std::string& name, std::size_t limit_bytes);

class OutputFile final : public Sink {
 public:
  // The file of that name (where a link leads, if it is one), or standard output for `-` and
  // nothing. permanent `not-writable`.
  static Result<std::unique_ptr<OutputFile>> create(const std::optional<std::string>& name);
  ~OutputFile() override;

  Status write(ByteView bytes) override;
  // Leaves the file open to those that could read an older one of its name: not for plaintext.
  void take_older_mode();
  // Gives the file its name. Without it nothing remains of what was written. Not synced to the
  // disk, as with cp: what was read is there until its owner removes it.
  Status keep();
  // Removes the file that has the name already, if there is one.
  void remove_older();

 private:
  // Written in place: standard output, a pipe, a device. A file has no name yet, or, where the file
  // system does not know that, a temporary one.
  enum class Kind { in_place, nameless, temporary };
  OutputFile(int fd, std::string name, Kind kind) : fd_(fd), name_(std::move(name)), kind_(kind) {}
  static Result<std::unique_ptr<OutputFile>> create_file(const std::string& name);
  Status take_name();

  int fd_;
  std::string name_;
  Kind kind_;
  std::unique_ptr<TemporaryName> temporary_;
};

// Writes the result of a command to --out by `make`. If that fails, or its report tells a failure,
// no file of that name is left, an older one neither; unless the words of the command were wrong. A
// usage error if --out is a file that the command reads.
enum class Secrecy { sealed, plain };  // plain: for the owner's eyes alone
Result<Report> with_output(const Arguments& arguments, Secrecy secrecy,
                           const std::function<Result<Report>(Sink&)>& make);
// The same as what a command runs.
template <Secrecy secrecy, Result<Report> (*make)(const Arguments&, Sink&)>
Result<Report> writes_output(const Arguments& arguments) {
  return with_output(arguments, secrecy, [&](Sink& output) { return make(arguments, output); });
}

}  // namespace culvert::cli
