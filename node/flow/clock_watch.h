// The one place that compares the wall clock with the steady clock: notices when the wall clock
// jumps, and tells what time it is for something that waits (store/clock_jumps.h).
//
// All members may be called from any thread.
#pragma once

#include <mutex>

#include "crypto/base/clock.h"
#include "store/clock_jumps.h"

namespace culvert::node {

// Corrections up to here are no jump: a clock that is kept right is set by less.
inline constexpr std::chrono::seconds kClockTolerance{60};
// So long the node may have been off, for whatever the wall clock says, and all of it counts as
// time that mail has waited. After a longer time off, or a clock that was set meanwhile, none does.
inline constexpr std::chrono::hours kPlausibleTimeOff{24};

class ClockWatch {
 public:
  // `clock` must outlive it. `stored`: what the last run left.
  ClockWatch(const Clock& clock, const store::ClockRecord& stored);

  // Compares the clocks. What asks below does so by itself; the more often it is done, the better
  // is known when a jump was.
  void look();
  // The time that it is for something dated `since`: never further from it than the time that
  // really passed, as far as the clocks tell.
  Time now_for(Time since);
  // The time that it is for everything dated by the wall clock, however old: what may be forgotten
  // is judged by this.
  Time now_for_oldest();
  // How far the steady clock went since the last call.
  std::chrono::seconds take_elapsed();
  // To be stored.
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
