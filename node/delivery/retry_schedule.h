// When a failed delivery is tried again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "crypto/base/clock.h"

namespace culvert::node {

inline constexpr std::chrono::seconds kFirstRetryDelay{5};
inline constexpr std::chrono::seconds kLongestRetryDelay{30 * 60};

// 5 s after the first failure, twice as long after each further one, at most 30 minutes.
inline std::chrono::seconds retry_delay(std::uint32_t failures_before) {
  const std::uint32_t doublings = std::min<std::uint32_t>(failures_before, 16);
  return std::min(kLongestRetryDelay, kFirstRetryDelay * (1 << doublings));
}

// How long a destination that does not answer is left alone. Attempts that were in progress
// together fail together, and count as one failure: sixteen of them are no reason to wait half an
// hour.
class Backoff {
 public:
  // An attempt that began at `begun` failed.
  void failed(SteadyTime begun, SteadyTime now) {
    if (failures_ > 0 && begun <= last_failure_) return;
    last_failure_ = now;
    not_before_ = now + retry_delay(failures_++);
  }
  void answered() { failures_ = 0; }
  void forget() {
    failures_ = 0;
    not_before_ = {};
  }
  // True while it is left alone.
  bool rests(SteadyTime now) const { return now < not_before_; }
  // True until it answers again: one attempt at a time is enough.
  bool is_doubted() const { return failures_ > 0; }

 private:
  std::uint32_t failures_ = 0;  // in a row
  SteadyTime last_failure_{};
  SteadyTime not_before_{};
};

}  // namespace culvert::node
