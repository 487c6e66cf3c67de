// What a running node has done, counted: for `culvert status`. Kept in memory only; no message
// costs a commit for it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>

#include "crypto/base/clock.h"

namespace culvert::node {

// Messages, but the last two; each is counted once its commit stands.
enum class Counted : std::uint8_t {
  received,     // taken over from a listener
  sealed,       // handed over sealed, to at least one recipient
  opened,       // opened, and queued for inside
  delivered,    // handed over to a next hop, sealed or not, for at least one recipient
  deferred,     // put off, for at least one recipient: once for each attempt
  failed,       // given up, for at least one recipient
  quarantined,  // put into quarantine
  octets_in,    // of what was received
  octets_out,   // of what was delivered, as it is stored
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

// What totals grew by within the last minute. One thread.
class LastMinute {
 public:
  // The growth up to now. To be asked every few seconds; the minute is as exact as that.
  Counts of(const Counts& totals, SteadyTime now);

 private:
  std::deque<std::pair<SteadyTime, Counts>> past_;  // oldest first; the first a minute old or more
};

}  // namespace culvert::node
