// Time and percentiles for the benchmarks. Both programs of a run read the same clock of the same
// machine, so one can use a time that the other wrote into an address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace culvert::bench {

// The machine's monotonic clock, in nanoseconds.
std::uint64_t monotonic_ns();

// The local part `t<16 hex digits>` that carries a time through a mail server in RCPT TO.
std::string stamp(std::uint64_t time_ns);
// The time in `line`, which holds `<t...@`; 0 if there is none.
std::uint64_t stamped_time(std::string_view line);

// A collection of durations that gives percentiles.
class Latencies {
 public:
  void add(std::uint64_t duration_ns) { durations_ns_.push_back(duration_ns); }
  void clear() { durations_ns_.clear(); }
  std::size_t count() const { return durations_ns_.size(); }
  // The smallest duration that `percent` of all do not exceed, in milliseconds; 0 if there are
  // none.
  double percentile_ms(double percent) const;

 private:
  std::vector<std::uint64_t> durations_ns_;
};

}  // namespace culvert::bench
