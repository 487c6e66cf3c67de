// Limits log lines that strangers can cause. Only so many of one kind are written in a minute (or
// another window), and the first one after that says how many were left out. Thread-safe.
//
//   static LogLimit limit;
//   if (const auto line = limit.take(now)) log_warning("refused {}{}", who, line->left_out_text());
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "crypto/base/clock.h"

namespace culvert {

inline constexpr std::uint64_t kLinesOfKindAMinute = 20;

class LogLimit {
 public:
  struct Line {
    std::uint64_t left_out = 0;  // before this one
    // ` (17 more like it were left out)`, or nothing.
    std::string left_out_text() const {
      return left_out == 0 ? "" : " (" + std::to_string(left_out) + " more like it were left out)";
    }
  };
  explicit LogLimit(std::uint64_t lines = kLinesOfKindAMinute,
                    std::chrono::minutes window = std::chrono::minutes(1))
      : lines_(lines), window_(window) {}

  // Nothing if this window has used up its lines.
  std::optional<Line> take(SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (now - window_start_ >= window_) {
      window_start_ = now;
      written_ = 0;
    }
    if (written_ == lines_) {
      ++left_out_;
      return std::nullopt;
    }
    ++written_;
    return Line{std::exchange(left_out_, 0)};
  }

 private:
  const std::uint64_t lines_;
  const std::chrono::minutes window_;
  std::mutex mutex_;
  SteadyTime window_start_{};
  std::uint64_t written_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace culvert
