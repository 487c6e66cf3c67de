// The name of a file that is being written, on a file system where a file must have a name. The
// file is removed when a signal ends the program. (Nothing helps against SIGKILL.)
#pragma once

#include <string>

namespace culvert::cli {

class TemporaryName {
 public:
  // Makes a file that only its owner may read, named `stem`, a dot and six more characters. A
  // process may have one at a time. If it cannot be made, `descriptor` is -1 and errno is set.
  explicit TemporaryName(const std::string& stem);
  // Removes the file, unless it was renamed.
  ~TemporaryName();
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

  // The caller closes it.
  int descriptor() const { return descriptor_; }
  const std::string& text() const { return name_; }

 private:
  std::string name_;
  int descriptor_;
};

}  // namespace culvert::cli
