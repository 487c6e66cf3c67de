// When a delivery that did not work out is tried again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace culvert::node {

inline constexpr std::chrono::seconds kFirstRetryDelay{5};
inline constexpr std::chrono::seconds kLongestRetryDelay{30 * 60};

// 5 s after the first failure, twice as long after each further one, at most 30 minutes.
inline std::chrono::seconds retry_delay(std::uint32_t failures_before) {
  const std::uint32_t doublings = std::min<std::uint32_t>(failures_before, 16);
  return std::min(kLongestRetryDelay, kFirstRetryDelay * (1 << doublings));
}

}  // namespace culvert::node
