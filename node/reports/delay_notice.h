// Who wrote mail that waits hears of it once, when it has waited for `queue.delay_notice`: with an
// attempt (settlement.h), or, because a destination that fails is asked with one mail at a time,
// without one. A cursor goes through the queue in the order of arrival and stops at what is too
// young, so that what waits is read once, and now and then again for what came in behind it.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "node/flow/flow_context.h"
#include "node/net/event_loop.h"
#include "node/reports/bounce.h"
#include "store/queue.h"

namespace culvert::node {

// Entries that one round reads, and of how many it tells: they are one commit.
inline constexpr std::size_t kLookedAtOnce = 1000;
inline constexpr std::size_t kToldAtOnce = 50;

// True once: when it has waited so long that its sender is to hear of it.
bool is_delay_due(const FlowContext& context, const store::QueueEntry& entry);

// What is told of those recipients of the entry (RFC 3461, 5.2.5); empty: nobody wants it.
std::vector<RecipientReport> delay_reports(const FlowContext& context,
                                           const store::QueueEntry& entry,
                                           const std::vector<Recipient>& waiting,
                                           const std::string& last_reason);

struct DelayRound {
  // Where the next round goes on.
  std::optional<store::EntryId> next{};
  // Whether it ended at what is too young, or at its own limits.
  enum class End { young, limit } end = End::young;
};
// One round from there on (nothing: from the beginning): for what has waited so long, the report
// and the mark that it was made are one commit. Blocks; for a worker. An error means that nothing
// was told and the round is to be repeated.
Result<DelayRound> tell_delays(FlowContext& context, const std::optional<store::EntryId>& from);

// Sees that rounds are made. Lives on the home loop.
class DelayNotices {
 public:
  // Both must outlive it, and the workers must have stopped when it ends.
  DelayNotices(FlowContext& context, EventLoop& home) : context_(context), home_(home) {}
  // Begins to work. On the home loop.
  void start() { look(); }

 private:
  void look();
  void over(const Result<DelayRound>& round);
  std::chrono::milliseconds rest_after(const DelayRound& round);

  FlowContext& context_;
  EventLoop& home_;
  Timer timer_;
  std::optional<store::EntryId> next_;
  std::size_t full_rounds_ = 0;       // since the beginning of the queue
  std::optional<SteadyTime> anew_{};  // then it begins there again
};

}  // namespace culvert::node
