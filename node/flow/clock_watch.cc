#include "node/flow/clock_watch.h"

#include <cstdlib>

#include "crypto/base/log.h"

namespace culvert::node {
namespace {

bool is_jump(std::chrono::seconds gained) {
  return gained > kClockTolerance || gained < -kClockTolerance;
}

}  // namespace

ClockWatch::ClockWatch(const Clock& clock, const store::ClockRecord& stored)
    : clock_(clock),
      jumps_(stored.jumps),
      wall_(clock.now()),
      steady_(clock.steady()),
      taken_(steady_) {
  if (stored.wall == Time{}) return;
  const auto off = wall_ - stored.wall;
  if (off <= kPlausibleTimeOff && off >= -kClockTolerance) return;
  log_warning(
      "the clock says that this node was off for {} s; that does not count for mail that waits",
      off.count());
  jumps_.note(wall_, off);
}

void ClockWatch::look() {
  const std::lock_guard lock(mutex_);
  look_locked();
}

Time ClockWatch::now_for(Time since) {
  const std::lock_guard lock(mutex_);
  return jumps_.now_for(since, look_locked());
}

Time ClockWatch::now_for_oldest() {
  const std::lock_guard lock(mutex_);
  return jumps_.now_for_oldest(look_locked());
}

std::chrono::seconds ClockWatch::take_elapsed() {
  const std::lock_guard lock(mutex_);
  const auto elapsed = std::chrono::floor<std::chrono::seconds>(clock_.steady() - taken_);
  taken_ += elapsed;
  return elapsed;
}

store::ClockRecord ClockWatch::record() {
  const std::lock_guard lock(mutex_);
  const Time now = look_locked();
  jumps_.forget_old(now);
  return {now, jumps_};
}

// Measured from when both clocks were last set together, so that many small steps are seen too.
Time ClockWatch::look_locked() {
  const Time now = clock_.now();
  const SteadyTime steady = clock_.steady();
  const auto passed = std::chrono::floor<std::chrono::seconds>(steady - steady_);
  const auto gained = (now - wall_) - passed;
  if (!is_jump(gained)) return now;
  log_warning("the wall clock was set {} by {} s; mail that waits does not become older by it",
              gained.count() > 0 ? "ahead" : "back", std::abs(gained.count()));
  jumps_.note(now, gained);
  wall_ = now;
  steady_ = steady;
  return now;
}

}  // namespace culvert::node
