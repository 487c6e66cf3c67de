#include "tools/bench/stopwatch.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace culvert::bench {

namespace {
constexpr std::size_t kStampDigits = 16;
}

std::uint64_t monotonic_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::string stamp(std::uint64_t time_ns) {
  char text[kStampDigits + 2];
  std::snprintf(text, sizeof text, "t%016llx", static_cast<unsigned long long>(time_ns));
  return text;
}

std::uint64_t stamped_time(std::string_view line) {
  const std::size_t at = line.find("<t");
  if (at == std::string_view::npos || line.size() < at + 2 + kStampDigits) return 0;
  const char* digits = line.data() + at + 2;
  std::uint64_t time_ns = 0;
  const auto read = std::from_chars(digits, digits + kStampDigits, time_ns, 16);
  return read.ptr == digits + kStampDigits ? time_ns : 0;
}

double Latencies::percentile_ms(double percent) const {
  if (durations_ns_.empty()) return 0;
  std::vector<std::uint64_t> sorted = durations_ns_;
  std::sort(sorted.begin(), sorted.end());
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
  const std::size_t index = std::min(sorted.size(), static_cast<std::size_t>(std::max(1.0, rank)));
  return static_cast<double>(sorted[index - 1]) / 1e6;
}

}  // namespace culvert::bench
