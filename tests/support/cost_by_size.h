// Bombs by size: what a parser costs must grow as its input does, and stay below what strangers may
// cost for each megabyte. Processor time, the best of a few runs.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "crypto/base/bytes.h"
#include "tests/support/processor_time.h"

namespace culvert {

// What a stranger's octets may cost.
inline constexpr double kMostSecondsPerMegabyte = 0.050;
// Machines that are slower than ours, and unoptimised programs.
inline constexpr double kSlowMachine = 4;
// Eight times the input may cost at most so many times as much; the square would be 64.
inline constexpr double kMostGrowth = 20;
// Below this a clock tells nothing about growth.
inline constexpr double kSecondsThatTell = 0.010;

inline constexpr std::size_t kLargeBombBytes = 1'000'000;
inline constexpr std::size_t kSmallBombBytes = kLargeBombBytes / 8;

inline double best_seconds_of(const std::function<void()>& work) {
  double best = 1e9;
  for (int run = 0; run < 3; ++run) {
    const ProcessorTime time;
    work();
    best = std::min(best, time.seconds());
  }
  return best;
}

// `make` gives about as many octets as it is asked for; `read` reads them.
struct SizedBomb {
  std::string name;
  std::function<Bytes(std::size_t size_bytes)> make;
};
inline void PrintTo(const SizedBomb& bomb, std::ostream* out) { *out << bomb.name; }

inline void expect_linear_and_cheap(const SizedBomb& bomb,
                                    const std::function<void(ByteView)>& read) {
  const Bytes large = bomb.make(kLargeBombBytes);
  const Bytes small = bomb.make(kSmallBombBytes);
  ASSERT_GE(large.size(), kLargeBombBytes / 2) << bomb.name << " is no bomb";
  const double large_seconds = best_seconds_of([&] { read(large); });
  const double small_seconds = best_seconds_of([&] { read(small); });
  const double megabytes = std::max(1.0, static_cast<double>(large.size()) / 1e6);
  EXPECT_LT(large_seconds, megabytes * kMostSecondsPerMegabyte * kSlowMachine) << bomb.name;
  if (large_seconds < kSecondsThatTell) return;
  EXPECT_LT(large_seconds, std::max(small_seconds, kSecondsThatTell / 10) * kMostGrowth)
      << bomb.name;
}

}  // namespace culvert
