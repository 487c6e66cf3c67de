// Time as a parameter. The wall clock dates things; the steady clock measures how long they take.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culvert {

// Wall-clock time in whole seconds, UTC: the form on disk and on the wire.
using Time = std::chrono::sys_seconds;
// Monotonic time, for time-outs; meaningless after a restart.
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  virtual SteadyTime steady() const = 0;
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  Time now() const override;
  SteadyTime steady() const override;
};

// A clock that tests move by hand.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start) {}
  Time now() const override { return now_; }
  SteadyTime steady() const override { return steady_; }
  // Advances both clocks, as when time passes.
  void advance(std::chrono::seconds by) {
    now_ += by;
    steady_ += by;
  }
  // Sets the wall clock alone, as an operator may.
  void set_wall(Time now) { now_ = now; }

 private:
  Time now_;
  SteadyTime steady_{};
};

inline std::int64_t to_unix(Time t) { return t.time_since_epoch().count(); }
inline Time from_unix(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

// `2026-03-01T12:00:00Z` (RFC 3339, UTC, whole seconds).
std::string to_rfc3339(Time t);
// Reads that form only; nothing for any other text.
std::optional<Time> from_rfc3339(std::string_view text);
// `Sun, 01 Mar 2026 12:00:00 +0000` (RFC 5322, 3.3).
std::string to_rfc5322(Time t);

}  // namespace culvert
