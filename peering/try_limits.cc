#include "peering/try_limits.h"

namespace culvert::peering {

bool TryLimits::may_try(const InvitationId& code, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  start_window_if_over(now);
  if (total_ >= kTriesInTotal) return false;
  const auto at = per_code_.find(code);
  return at == per_code_.end() || at->second < kTriesPerCode;
}

void TryLimits::note_failure(const InvitationId& code, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  start_window_if_over(now);
  if (total_ >= kTriesInTotal) return;
  ++total_;
  ++per_code_[code];
}

void TryLimits::start_window_if_over(SteadyTime now) {
  if (now - window_start_ < kTryWindow) return;
  window_start_ = now;
  total_ = 0;
  per_code_.clear();
}

}  // namespace culvert::peering
