// How far the wall clock ran away from the time that really passed. Mail is dated by the wall
// clock, because only that clock goes on while the node is off. But the wall clock can be set to
// any time, and that must not make mail old (reliability.md, "Clocks": no mass expiry). So every
// jump of the clock is noted here, and code that computes an age subtracts the time that did not
// pass.
//
// Time counts as passed if the steady clock of this run supports it. While the node was off, as
// much counts as is plausible. node/flow/clock_watch.h watches the clocks.
//
// A date before a jump forward gets the length of the jump back. A date in the gap (by a clock that
// went back earlier) counts as the end of the gap. A jump back takes from the jumps before it. So
// nothing looks older than it is; it may look younger.
#pragma once

#include <chrono>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

// A jump forward: the clock was set from `from` to `to`.
struct ClockJump {
  Time from{};
  Time to{};
  bool operator==(const ClockJump&) const = default;
};

// More jumps than this are merged into fewer, wider ones. Things then last longer, never shorter.
inline constexpr std::size_t kMaxClockJumps = 16;
// A jump counts until this much time has really passed. Nothing whose age is asked for is kept as
// long.
inline constexpr std::chrono::hours kClockJumpAge{60 * 24};

// A value.
class ClockJumps {
 public:
  // The clock was just set to `now`. It went `gained` further than time did, or back if that is
  // negative.
  void note(Time now, std::chrono::seconds gained);
  // What the wall clock would show if it had not run faster than time since it showed `since`.
  Time now_for(Time since, Time now) const;
  // The same for the oldest things: all jumps count.
  Time now_for_oldest(Time now) const;
  void forget_old(Time now);

  const std::vector<ClockJump>& all() const { return jumps_; }
  bool operator==(const ClockJumps&) const = default;

 private:
  friend Result<struct ClockRecord> decode_clock_record(ByteView record);
  std::vector<ClockJump> jumps_;  // oldest first
};

// What the node stores from time to time.
struct ClockRecord {
  Time wall{};  // what the clock said when it was stored; zero: never
  ClockJumps jumps{};
  bool operator==(const ClockRecord&) const = default;
};
Bytes encode(const ClockRecord& record);
// internal `damaged-record`.
Result<ClockRecord> decode_clock_record(ByteView record);

ClockRecord find_clock_record(const ReadTransaction& txn);  // empty, and noted, if altered
void put_clock_record(WriteTransaction& txn, const ClockRecord& record);

}  // namespace culvert::store
