// What must be done now and then so that the store does not grow for ever: old records of opened
// mail and of mail that may come back, old traces.
#pragma once

#include <chrono>

#include "crypto/base/clock.h"
#include "store/store.h"

namespace culvert::node {

inline constexpr std::chrono::minutes kMaintenanceInterval{10};
inline constexpr std::chrono::hours kTraceAge{30 * 24};

// One round. `steady_elapsed`: since the round before, by the steady clock, so that a wall clock
// that jumps forgets nothing early. Errors are logged. Blocks; for a worker.
void maintain(store::Store& store, Time now, std::chrono::seconds steady_elapsed);

}  // namespace culvert::node
