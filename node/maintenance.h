// What must be done now and then so that the store does not grow for ever: old records of opened
// mail and of mail that may come back, old traces.
#pragma once

#include <chrono>

#include "node/flow/clock_watch.h"
#include "store/store.h"

namespace culvert::node {

inline constexpr std::chrono::minutes kMaintenanceInterval{10};
inline constexpr std::chrono::hours kTraceAge{30 * 24};

// One round. What is old is judged by `watch`, so that a wall clock that jumps forgets nothing
// early; what it saw is stored. Errors are logged. Blocks; for a worker.
// `held_peer`: how long mail of a peer may be held (limits.held_peer). `traced`: how long it is
// known what happened to a message (trace.keep).
void maintain(store::Store& store, ClockWatch& watch, std::chrono::seconds held_peer,
              std::chrono::seconds traced = kTraceAge);

}  // namespace culvert::node
