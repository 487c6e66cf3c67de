// The recipients of an entry, sorted by what happened to them: what its settlement writes, and who
// is told. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "node/delivery/attempt.h"
#include "node/flow/mail_log.h"
#include "node/reports/dsn.h"
#include "store/trace.h"

namespace culvert::node {

struct Sorted {
  std::vector<Recipient> later;
  std::vector<RecipientReport> failed;       // those whose sender is to be told
  std::vector<Recipient> failed_recipients;  // the same, as they stand in the queue
  std::string later_reason;
  std::chrono::seconds next_try{};       // of `later`, from now
  std::vector<RecipientReport> delayed;  // of `later`, those whose sender is to be told
  std::vector<RecipientReport> relayed;  // delivered to who does not report, where that was asked
  std::size_t delivered = 0;
  std::size_t given_up = 0;  // whether or not somebody is to be told
  store::TraceEvent event;
  DeliveryTold told;
};

// After an attempt; those whom a rule refused have failed.
Sorted sort_delivery(const Attempt& attempt, const DeliveryReport& report, Time now);
// Without one.
Sorted sort_given_up(const store::QueueEntry& entry, const GiveUp& give_up, Time now);
Sorted sort_postponed(const store::QueueEntry& entry, const Postpone& postpone, Time now);

// What has waited too long has failed.
void expire(Sorted& sorted);

}  // namespace culvert::node
