// What an administrator is told of the quarantine: at most once an hour, however much comes,
// because strangers decide how much that is and a log must not be filled either. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "crypto/base/clock.h"

namespace culvert::node {

inline constexpr std::chrono::hours kQuarantineNewsInterval{1};
// Sources and reasons that are named at once; more are only counted.
inline constexpr std::size_t kMaxNamedInNews = 8;

class QuarantineNews {
 public:
  // A mail came to rest in quarantine.
  void held(const std::string& reason_code);
  // A sealed mail was not taken, because the share of its source is full.
  void refused(const std::string& source);
  // A mail of a peer went back to its sender, because the peer's share is full.
  void returned();

  // One line for the log; nothing if nothing is new, or the last one is less than an hour old.
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
