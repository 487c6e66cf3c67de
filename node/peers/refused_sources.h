// Which refusals at the peering port are logged. Strangers can be refused as often as they like, at
// no cost (Named attack: Made-up codes), so the log is what they could fill. The first few lines of
// each source are written, then one with the number when the window ends. These counts shut nobody
// out. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "node/net/network.h"

namespace culvert::node {

inline constexpr std::chrono::minutes kRefusalWindow{10};
inline constexpr std::uint64_t kToldRefusals = 5;  // from one source in one window
// More sources in a window are counted together, so that the table cannot be filled.
inline constexpr std::size_t kMaxRefusedSources = 1000;

class RefusedSources {
 public:
  // A message from `source` was refused. True if the log is to say so.
  bool note(const IpAddress& source, SteadyTime now);
  // How many sources are counted separately now.
  std::size_t sources() const;

 private:
  void end_window();

  mutable std::mutex mutex_;
  SteadyTime window_start_{};
  std::map<IpAddress, std::uint64_t> counts_;
  std::uint64_t of_others_ = 0;
};

}  // namespace culvert::node
