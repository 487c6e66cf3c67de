#include "node/session/server_clock.h"

#include <algorithm>

namespace culvert::node {
namespace {

using std::chrono::milliseconds;

// How often, at most, the rate of a long body is checked.
constexpr milliseconds kBodyRateCheck{60'000};
// How much the loop's time may lag behind that of its timers.
constexpr milliseconds kClockGrain{20};

}  // namespace

std::optional<TimeLimits> ServerClock::wait_for(Waits waits, const Session& session,
                                                SteadyTime now) {
  const bool is_next_command = waits == Waits::command && progress_ != session.progress;
  if (waits == waits_ && !is_next_command) return std::nullopt;
  if (waits == Waits::body && progress_ != session.progress) body_began_ = now;
  if (waits == Waits::body || waits == Waits::command) progress_ = session.progress;
  return restart(waits, session, now);
}

TimeLimits ServerClock::restart(Waits waits, const Session& session, SteadyTime now) {
  waits_ = waits;
  TimeLimits limits{session.patience, milliseconds(0)};
  if (waits == Waits::nothing) limits.deadline = milliseconds(0);
  if (waits == Waits::body) {
    const milliseconds grace = patience_.body_grace;
    const auto left = std::chrono::duration_cast<milliseconds>(body_began_ + grace - now);
    limits = {std::max(std::min(kBodyRateCheck, grace), left), session.patience};
  }
  since_ = now;
  deadline_ = now + limits.deadline;
  return limits;
}

std::optional<TimeLimits> ServerClock::timed_out(const Session& session, SteadyTime now) {
  // Before the deadline, it was the idle limit that passed.
  const bool is_rate_check = waits_ == Waits::body && now + kClockGrain >= deadline_;
  if (!is_rate_check || is_too_slow(session, now)) return std::nullopt;
  return restart(Waits::body, session, now);
}

std::optional<SteadyTime> ServerClock::gives_way_since(Pause pause, const Session& session,
                                                       SteadyTime now) const {
  if (waits_ == Waits::nothing) return std::nullopt;
  const bool is_idle = waits_ == Waits::command && pause == Pause::between_messages;
  const SteadyTime since = waits_ == Waits::body ? body_began_ : since_;
  if (now - since < (is_idle ? patience_.idle_pause : patience_.pause)) return std::nullopt;
  if (waits_ == Waits::body && !is_too_slow(session, now)) return std::nullopt;
  return since;
}

bool ServerClock::is_too_slow(const Session& session, SteadyTime now) const {
  const std::chrono::duration<double> taken = now - body_began_;
  return static_cast<double>(session.body_bytes) <
         static_cast<double>(patience_.least_body_bytes_per_second) * taken.count();
}

}  // namespace culvert::node
