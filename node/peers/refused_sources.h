// Which refusals at the peering port the log tells. Strangers are refused at no cost, as often as
// they like (Named attack: Made-up codes), so what could be filled is the log: of each source the
// first few lines are written, then one with their number when the window is over. Nobody is shut
// out by what is counted here. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "node/net/network.h"

namespace culvert::node {

inline constexpr std::chrono::minutes kRefusalWindow{10};
inline constexpr std::uint64_t kToldRefusals = 5;  // of a source in a window
// More sources in a window are counted together, so that the table cannot be filled.
inline constexpr std::size_t kMaxRefusedSources = 1000;

class RefusedSources {
 public:
  // A message from there was refused. True if the log is to say so.
  bool note(const IpAddress& source, SteadyTime now);
  // Sources that are counted by themselves at present.
  std::size_t sources() const;

 private:
  void end_window();

  mutable std::mutex mutex_;
  SteadyTime window_start_{};
  std::map<IpAddress, std::uint64_t> counts_;
  std::uint64_t of_others_ = 0;
};

}  // namespace culvert::node
