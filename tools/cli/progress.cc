#include "tools/cli/progress.h"

#include <unistd.h>

#include <fmt/format.h>

#include <cstdio>

namespace culvert::cli {

Progress::~Progress() {
  if (is_shown_) std::fputs("\r\033[K", stderr);
}

void Progress::show(std::uint64_t count) {
  if (::isatty(STDERR_FILENO) == 0) return;
  is_shown_ = true;
  // Errors are ignored: the terminal may be gone.
  std::fputs(fmt::format("\r{} {}", count, unit_).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace culvert::cli
