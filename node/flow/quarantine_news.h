// What an administrator is told about the quarantine. At most one line an hour, because strangers
// decide how much arrives and must not fill the log either. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "crypto/base/clock.h"

namespace culvert::node {

inline constexpr std::chrono::hours kQuarantineNewsInterval{1};
// How many sources and reasons are named; the others are only counted.
inline constexpr std::size_t kMaxNamedInNews = 8;

class QuarantineNews {
 public:
  // A mail was put into quarantine.
  void held(const std::string& reason_code);
  // A sealed mail was refused, because the share of its source is full.
  void refused(const std::string& source);
  // A peer's mail went back to its sender, because the peer's share is full.
  void returned();

  // One line for the log. Nothing if there is no news, or if the last line is less than an hour
  // old.
  std::optional<std::string> take(SteadyTime now);

 private:
  std::mutex mutex_;
  std::size_t held_ = 0;
  std::size_t refused_ = 0;
  std::size_t returned_ = 0;
  std::map<std::string, std::size_t> reasons_;
  std::set<std::string> sources_;
  std::optional<SteadyTime> told_;
};

}  // namespace culvert::node
