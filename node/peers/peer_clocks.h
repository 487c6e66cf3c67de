// How far peers' clocks are from ours, measured at every exchange over HTTPS (protocol.md,
// "Refusals"). A wrong clock causes mail to be held, here or there. Kept in memory until somebody
// writes it down. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"

namespace culvert::node {

// If the difference is larger, both administrators are warned.
inline constexpr std::chrono::minutes kClockWarning{2};
// An exchange that takes longer says nothing about the clocks.
inline constexpr std::chrono::seconds kSlowExchange{10};

class PeerClocks {
 public:
  // At `now`, a validly signed document or an answer of `peer` bore the time `there`.
  void note(const Fingerprint& peer, Time there, Time now);

  // How far ahead of ours a clock is, if that changed by more than a few seconds since it was last
  // taken.
  using Changes = std::map<Fingerprint, std::chrono::seconds>;
  Changes take_changes();

 private:
  struct OfPeer {
    std::chrono::seconds ahead{};
    std::optional<std::chrono::seconds> taken;
  };
  std::mutex mutex_;
  std::map<Fingerprint, OfPeer> peers_;  // partners only
};

// `7 min ahead of`, `3 h 5 min behind`: for use in sentences.
std::string clock_difference_text(std::chrono::seconds ahead);

}  // namespace culvert::node
