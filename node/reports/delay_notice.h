// The sender of mail that waits is told once, when it has waited for `queue.delay_notice`. That
// happens with an attempt (settlement.h), or here without one, because a failing destination is
// asked with only one mail at a time. A cursor goes through the queue in the order of arrival and
// stops at mail that is too young, so that each waiting mail is read once. From time to time it
// starts again, for mail that came in behind it.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "node/flow/flow_context.h"
#include "node/net/event_loop.h"
#include "node/reports/bounce.h"
#include "store/queue.h"

namespace culvert::node {

// How many entries one round reads, and about how many it tells; all of a round are one commit.
inline constexpr std::size_t kLookedAtOnce = 1000;
inline constexpr std::size_t kToldAtOnce = 50;

// True once: when mail has waited so long that its sender is to be told.
bool is_delay_due(const FlowContext& context, const store::QueueEntry& entry);

// What is told about those recipients of the entry (RFC 3461, 5.2.5). Empty: nobody wants it.
std::vector<RecipientReport> delay_reports(const FlowContext& context,
                                           const store::QueueEntry& entry,
                                           const std::vector<Recipient>& waiting,
                                           const std::string& last_reason);

struct DelayRound {
  // Where the next round continues.
  std::optional<store::EntryId> next{};
  // Whether the round ended at mail that is too young, or at its own limits.
  enum class End { young, limit } end = End::young;
};
// One round, starting at `from` (nothing: at the beginning). For mail that has waited so long, the
// report and the mark that it was made are one commit. Blocks; for a worker. An error means that
// nobody was told and the round has to be repeated.
Result<DelayRound> tell_delays(FlowContext& context, const std::optional<store::EntryId>& from);

// Has the rounds made. Lives on the home loop.
class DelayNotices {
 public:
  // Both must outlive it, and the workers must have stopped before it ends.
  DelayNotices(FlowContext& context, EventLoop& home) : context_(context), home_(home) {}
  // Starts to work. On the home loop.
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
  std::optional<SteadyTime> anew_{};  // when it starts there again
};

}  // namespace culvert::node
