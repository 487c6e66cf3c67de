#include "tools/cli/progress.h"

#include <unistd.h>

#include <fmt/format.h>

#include <cstdio>

namespace culvert::cli {

Progress::~Progress() {
  if (is_shown_) fmt::print(stderr, "\r\033[K");
}

void Progress::show(std::uint64_t count) {
  if (::isatty(STDERR_FILENO) == 0) return;
  is_shown_ = true;
  fmt::print(stderr, "\r{} {}", count, unit_);
  std::fflush(stderr);
}

}  // namespace culvert::cli
