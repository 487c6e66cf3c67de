// Regular work that keeps the store from growing for ever: removes old records of opened mail, old
// records of mail that may come back, and old traces.
#pragma once

#include <chrono>

#include "node/flow/clock_watch.h"
#include "store/store.h"

namespace culvert::node {

inline constexpr std::chrono::minutes kMaintenanceInterval{10};
inline constexpr std::chrono::hours kTraceAge{30 * 24};

// One round. `watch` decides what is old, so that a wall clock that jumps makes nothing be
// forgotten early; the state of `watch` is stored. Errors are logged. Blocks; for a worker.
// `held_peer`: how long mail of a peer may be held (limits.held_peer). `traced`: how long the trace
// of a message is kept (trace.keep).
void maintain(store::Store& store, ClockWatch& watch, std::chrono::seconds held_peer,
              std::chrono::seconds traced = kTraceAge);

}  // namespace culvert::node
