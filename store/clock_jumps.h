// How far the wall clock ran away from the time that really passed. Mail is dated by the wall
// clock, because only that goes on while the node is off; but a wall clock can be set to any time,
// and mail must not become old by it (reliability.md, "Clocks": no mass expiry). So whenever the
// clock jumps, that is noted here, and who asks how old something is subtracts what did not pass.
//
// What counts as having passed: what the steady clock of this run supports, and over a time when
// the node was off as much as is plausible. node/flow/clock_watch.h looks at the clocks.
//
// Whatever is dated before a jump forward gets that time back; whatever is dated in the gap that
// was jumped over (by a clock that went back before) is as old after it as if it were dated then; a
// jump back takes from the jumps before it. So nothing looks older than it is; it may look younger.
#pragma once

#include <chrono>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

// A jump forward: the clock was set from the one to the other.
struct ClockJump {
  Time from{};
  Time to{};
  bool operator==(const ClockJump&) const = default;
};

// More jumps than that become fewer and wider ones, so that things last longer, never shorter.
inline constexpr std::size_t kMaxClockJumps = 16;
// A jump counts until so much time has really passed: longer than anything whose age is asked for
// is kept.
inline constexpr std::chrono::hours kClockJumpAge{60 * 24};

// A value.
class ClockJumps {
 public:
  // The clock was just set to `now`, and went further than time did by `gained`, or back if that is
  // negative.
  void note(Time now, std::chrono::seconds gained);
  // What the wall clock would say if it had gone no faster than time since it said `since`.
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

// What is stored now and then.
struct ClockRecord {
  Time wall{};  // what the clock said when it was stored; zero: never
  ClockJumps jumps{};
  bool operator==(const ClockRecord&) const = default;
};
Bytes encode(const ClockRecord& record);
// internal `damaged-record`.
Result<ClockRecord> decode_clock_record(ByteView record);

ClockRecord find_clock_record(const ReadTransaction& txn);  // an altered one: noted, and empty
void put_clock_record(WriteTransaction& txn, const ClockRecord& record);

}  // namespace culvert::store
