// Compares the wall clock with the steady clock; nothing else does. Notices when the wall clock
// jumps, and says what time it is for something that waits (store/clock_jumps.h).
//
// All members may be called from any thread.
#pragma once

#include <mutex>

#include "crypto/base/clock.h"
#include "store/clock_jumps.h"

namespace culvert::node {

// A smaller correction is no jump: a well-kept clock is set by less.
inline constexpr std::chrono::seconds kClockTolerance{60};
// If the wall clock says that the node was off for no longer than this, all of that time counts as
// time that mail has waited. After a longer time off, or if the clock was set meanwhile, none of it
// counts.
inline constexpr std::chrono::hours kPlausibleTimeOff{24};

class ClockWatch {
 public:
  // `clock` must outlive it. `stored` is what the last run left.
  ClockWatch(const Clock& clock, const store::ClockRecord& stored);

  // Compares the clocks. The functions below do so by themselves; the more often it is called, the
  // more precisely the time of a jump is known.
  void look();
  // What time it is for something dated `since`. It is never further from `since` than the time
  // that really passed, as far as the clocks tell.
  Time now_for(Time since);
  // What time it is for anything dated by the wall clock, however old. Decides what may be
  // forgotten.
  Time now_for_oldest();
  // How far the steady clock has moved since the last call.
  std::chrono::seconds take_elapsed();
  // The record to store.
  store::ClockRecord record();

 private:
  Time look_locked();

  const Clock& clock_;
  std::mutex mutex_;
  store::ClockJumps jumps_;
  Time wall_;  // at the same moment as `steady_`
  SteadyTime steady_;
  SteadyTime taken_;
};

}  // namespace culvert::node
