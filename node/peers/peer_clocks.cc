#include "node/peers/peer_clocks.h"

namespace culvert::node {
namespace {

// Covers the rounding to whole seconds, and the time that an exchange takes.
constexpr std::chrono::seconds kNoChange{15};

}  // namespace

void PeerClocks::note(const Fingerprint& peer, Time there, Time now) {
  const std::lock_guard lock(mutex_);
  peers_[peer].ahead = std::chrono::floor<std::chrono::seconds>(there - now);
}

PeerClocks::Changes PeerClocks::take_changes() {
  Changes changes;
  const std::lock_guard lock(mutex_);
  for (auto& [peer, of] : peers_) {
    if (of.taken && std::chrono::abs(of.ahead - *of.taken) < kNoChange) continue;
    of.taken = of.ahead;
    changes.emplace(peer, of.ahead);
  }
  return changes;
}

std::string clock_difference_text(std::chrono::seconds ahead) {
  const auto minutes = std::chrono::round<std::chrono::minutes>(std::chrono::abs(ahead)).count();
  const std::string hours = minutes >= 60 ? std::to_string(minutes / 60) + " h " : "";
  return hours + std::to_string(minutes % 60) + " min " +
         (ahead.count() < 0 ? "behind" : "ahead of");
}

}  // namespace culvert::node
