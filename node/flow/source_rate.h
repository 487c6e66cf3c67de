// How often something may come from one network of strangers (an IPv4 /24, an IPv6 /48): so many at
// once, then so many a second. For requests that cost this node work and their sender nothing
// (Named attack: Filling). Memory is bounded; a network that is not remembered has its full
// allowance. Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "node/net/network.h"

namespace culvert::node {

class SourceRate {
 public:
  struct Limits {
    double at_once;
    double a_second;
  };
  explicit SourceRate(const Limits& limits) : limits_(limits) {}

  // Takes one from that address. False if its network has used up its allowance for now.
  bool take(const IpAddress& client, SteadyTime now);
  // How many networks are remembered now.
  std::size_t sources() const;

 private:
  struct Bucket {
    double left;
    SteadyTime filled;
  };
  void forget_full(SteadyTime now);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<IpNetwork, Bucket> buckets_;
};

// More are not remembered: an attacker with that many networks has other ways.
inline constexpr std::size_t kMaxRatedSources = 10'000;

}  // namespace culvert::node
