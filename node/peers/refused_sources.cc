#include "node/peers/refused_sources.h"

#include "crypto/base/log.h"

namespace culvert::node {

bool RefusedSources::note(const IpAddress& source, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (now - window_start_ >= kRefusalWindow) {
    end_window();
    window_start_ = now;
  }
  const IpAddress counted = source.as_counted();
  if (counts_.size() >= kMaxRefusedSources && !counts_.contains(counted)) {
    ++of_others_;
    return false;
  }
  return ++counts_[counted] <= kToldRefusals;
}

std::size_t RefusedSources::sources() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

void RefusedSources::end_window() {
  for (const auto& [source, count] : counts_) {
    if (count <= kToldRefusals) continue;
    log_warning("{} peering messages from {} were refused in {} minutes", count, source.text(),
                kRefusalWindow.count());
  }
  if (of_others_ > 0) {
    log_warning("{} peering messages from more than {} other addresses were refused in {} minutes",
                of_others_, kMaxRefusedSources, kRefusalWindow.count());
  }
  counts_.clear();
  of_others_ = 0;
}

}  // namespace culvert::node
