#include "node/net/name_waits.h"

#include <algorithm>
#include <utility>

namespace culvert::node {

NameWaits::Wait::Wait(Wait&& other) noexcept
    : all_(std::exchange(other.all_, nullptr)),
      network_(other.network_),
      is_long_(other.is_long_) {}

NameWaits::Wait::~Wait() {
  if (all_ == nullptr || !is_long_) return;
  const std::lock_guard lock(all_->mutex_);
  --all_->long_waits_;
}

std::chrono::milliseconds NameWaits::Wait::at_most(std::chrono::milliseconds wanted) const {
  return is_long_ ? wanted : std::min(wanted, kShortNameWait);
}

void NameWaits::Wait::was_late(SteadyTime now) const {
  const std::lock_guard lock(all_->mutex_);
  auto& late = all_->late_;
  if (late.size() >= kMaxLateNetworks) {
    std::erase_if(late, [now](const auto& each) { return each.second + kLateNetworkKept <= now; });
  }
  if (late.size() < kMaxLateNetworks) late.insert_or_assign(network_, now);
}

NameWaits::Wait NameWaits::begin(const IpAddress& client, SteadyTime now) {
  const IpNetwork network = IpNetwork::around(client, kSitePrefix);
  const std::lock_guard lock(mutex_);
  const auto late = late_.find(network);
  const bool was_late = late != late_.end() && now < late->second + kLateNetworkKept;
  const bool is_long = !was_late && long_waits_ < kMaxLongNameWaits;
  if (is_long) ++long_waits_;
  return {*this, network, is_long};
}

}  // namespace culvert::node
