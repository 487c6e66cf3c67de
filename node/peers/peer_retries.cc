#include "node/peers/peer_retries.h"

#include <algorithm>

namespace culvert::node {
namespace {

constexpr std::uint32_t kMostDoublings = 16;

}  // namespace

bool PeerRetries::may_try(const Fingerprint& peer, SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  const auto known = peers_.find(peer);
  return known == peers_.end() || now >= known->second.not_before;
}

void PeerRetries::note(const Fingerprint& peer, SteadyTime now, bool was_told) {
  const std::lock_guard lock(mutex_);
  OfPeer& of = peers_[peer];
  if (was_told) {
    of = {now + waits_.after_success, 0};
    return;
  }
  const auto doublings = std::min(of.failures++, kMostDoublings);
  of.not_before = now + std::min(waits_.first * (1 << doublings), waits_.longest);
}

}  // namespace culvert::node
