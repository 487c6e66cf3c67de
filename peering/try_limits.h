// How often strangers may try invitations: a budget for each code and one for all, which refill
// with time. Failures cost, successes do not; a known peer is never asked (peering.md, "Pairing").
// Kept in memory: with 128-bit secrets the limit saves work, it does not guard the code.
// Thread-safe.
#pragma once

#include <array>
#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "peering/invitation.h"

namespace culvert::peering {

inline constexpr unsigned kTriesPerCode = 10;   // in a window
inline constexpr unsigned kTriesInTotal = 300;  // in a window
inline constexpr std::chrono::minutes kTryWindow{10};

class TryLimits {
 public:
  // True if this code may be tried now.
  bool may_try(const InvitationId& code, SteadyTime now);
  // A try failed.
  void note_failure(const InvitationId& code, SteadyTime now);

 private:
  void start_window_if_over(SteadyTime now);

  std::mutex mutex_;
  SteadyTime window_start_{};
  unsigned total_ = 0;
  std::map<InvitationId, unsigned> per_code_;  // at most kTriesInTotal entries
};

}  // namespace culvert::peering
