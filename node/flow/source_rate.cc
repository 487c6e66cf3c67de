#include "node/flow/source_rate.h"

#include <algorithm>

namespace culvert::node {

bool SourceRate::take(const IpAddress& client, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxRatedSources) forget_full(now);
  const IpNetwork network = IpNetwork::around(client, kSitePrefix);
  const auto found = buckets_.find(network);
  if (found == buckets_.end() && buckets_.size() >= kMaxRatedSources) return true;
  Bucket& bucket = buckets_.try_emplace(network, Bucket{limits_.at_once, now}).first->second;
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.left = std::min(limits_.at_once, bucket.left + passed.count() * limits_.a_second);
  bucket.filled = now;
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

std::size_t SourceRate::sources() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

void SourceRate::forget_full(SteadyTime now) {
  std::erase_if(buckets_, [&](const auto& each) {
    const std::chrono::duration<double> passed = now - each.second.filled;
    return each.second.left + passed.count() * limits_.a_second >= limits_.at_once;
  });
}

}  // namespace culvert::node
