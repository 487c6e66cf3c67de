// Files and pipes of the smime commands. What is read twice and comes from a pipe is spooled to a
// temporary file, encrypted under a key that only this process has; what is written to a file
// appears under its name when it is whole, or not at all.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::cli {

// The file of that name, or standard input for `-` and nothing. permanent `not-readable`.
Result<std::unique_ptr<RewindableSource>> open_input(const std::optional<std::string>& name);

// The same to be read once: a pipe is not spooled, and cannot be rewound.
Result<std::unique_ptr<RewindableSource>> open_stream(const std::optional<std::string>& name);

// A whole file, at most `limit_bytes` long. permanent `not-readable`, `too-large`.
Result<std::string> read_small_file(const std::string& name, std::size_t limit_bytes);

class OutputFile final : public Sink {
 public:
  // The file of that name, or standard output for `-` and nothing. permanent `not-writable`.
  static Result<std::unique_ptr<OutputFile>> create(const std::optional<std::string>& name);
  ~OutputFile() override;

  Status write(ByteView bytes) override;
  // Gives the file its name. Without it nothing remains.
  Status keep();

 private:
  OutputFile(int fd, std::string name, std::string temporary);
  int fd_;
  std::string name_;
  std::string temporary_;  // empty: written in place (standard output, a pipe, a device)
};

}  // namespace culvert::cli
