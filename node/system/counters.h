// Counts what a running node has done, for `culvert status`. Kept in memory only, so it costs no
// message a commit.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>

#include "crypto/base/clock.h"

namespace culvert::node {

// Messages, except for the last two; each is counted once its commit stands.
enum class Counted : std::uint8_t {
  received,     // taken over from a listener
  sealed,       // handed over sealed, to at least one recipient
  opened,       // opened, and queued for inside
  delivered,    // handed over to a next hop, sealed or not, for at least one recipient
  deferred,     // put off, for at least one recipient; once for each attempt
  failed,       // given up, for at least one recipient
  quarantined,  // put into quarantine
  octets_in,    // of received messages
  octets_out,   // of delivered messages, as stored
};
inline constexpr std::size_t kCountedKinds = 9;
// `received`, … `octets_out`.
std::string_view counted_name(Counted what);

// By kind, in the order of Counted.
using Counts = std::array<std::uint64_t, kCountedKinds>;

// Any thread.
class Counters {
 public:
  void add(Counted what, std::uint64_t by = 1) {
    counts_[static_cast<std::size_t>(what)].fetch_add(by, std::memory_order_relaxed);
  }
  Counts totals() const;

 private:
  std::array<std::atomic<std::uint64_t>, kCountedKinds> counts_{};
};

// How much the totals grew within the last minute. One thread.
class LastMinute {
 public:
  // The growth up to now. Ask every few seconds: the minute is as exact as these intervals.
  Counts of(const Counts& totals, SteadyTime now);

 private:
  std::deque<std::pair<SteadyTime, Counts>> past_;  // oldest first; the first is a minute old or
                                                    // more
};

}  // namespace culvert::node
