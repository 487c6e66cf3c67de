// The name of a file that is being written, where a file cannot be without a name: it goes when a
// signal ends the program. (Nothing helps against SIGKILL there.)
#pragma once

#include <string>

namespace culvert::cli {

class TemporaryName {
 public:
  // Makes a file that its owner alone may read, called `stem` and six characters more. One at a
  // time in a process. `descriptor` is -1 and errno set if it cannot be made.
  explicit TemporaryName(const std::string& stem);
  // Removes the file, unless it has another name by now.
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
