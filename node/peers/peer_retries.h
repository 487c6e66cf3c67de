// When a peer that did not take what it was to be told is tried again: after a wait that doubles
// with each failure in a row. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"

namespace culvert::node {

struct RetryWaits {
  std::chrono::seconds after_success{};
  std::chrono::seconds first{};
  std::chrono::seconds longest{};
};

class PeerRetries {
 public:
  explicit PeerRetries(const RetryWaits& waits) : waits_(waits) {}
  bool may_try(const Fingerprint& peer, SteadyTime now) const;
  void note(const Fingerprint& peer, SteadyTime now, bool was_told);

 private:
  struct OfPeer {
    SteadyTime not_before{};
    std::uint32_t failures = 0;  // in a row
  };
  const RetryWaits waits_;
  mutable std::mutex mutex_;
  std::map<Fingerprint, OfPeer> peers_;  // partners only
};

}  // namespace culvert::node
