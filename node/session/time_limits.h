// The time limits that a transport sets its peer; zero is no limit.
#pragma once

#include <chrono>

#include "node/net/transport.h"

namespace culvert::node {

struct TimeLimits {
  std::chrono::milliseconds deadline{};  // for all that is awaited, from now
  std::chrono::milliseconds idle{};      // between two octets

  bool operator==(const TimeLimits&) const = default;
};

inline void set_limits(Transport& transport, const TimeLimits& limits) {
  transport.set_idle_timeout(limits.idle);
  transport.set_deadline(limits.deadline);
}

}  // namespace culvert::node
