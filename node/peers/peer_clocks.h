// How far peers' clocks are from ours, measured at every exchange over HTTPS (protocol.md,
// "Refusals"): a clock that is wrong holds mail, here or there. In memory until somebody writes it
// down. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"

namespace culvert::node {

// Beyond, both administrators are warned.
inline constexpr std::chrono::minutes kClockWarning{2};
// Nothing is learned from an exchange that took longer.
inline constexpr std::chrono::seconds kSlowExchange{10};

class PeerClocks {
 public:
  // A rightly signed document, or an answer, of `peer` bore that time at `now`.
  void note(const Fingerprint& peer, Time there, Time now);

  // What changed by more than a few seconds since it was taken last: how far ahead of ours.
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

// `7 min ahead of`, `3 h 5 min behind`: for sentences.
std::string clock_difference_text(std::chrono::seconds ahead);

}  // namespace culvert::node
