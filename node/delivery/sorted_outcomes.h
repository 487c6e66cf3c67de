// The recipients of an entry, sorted by outcome: for what its settlement writes, and for who is
// told. Pure.
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
  std::vector<RecipientReport> failed;       // those about whom the sender is told
  std::vector<Recipient> failed_recipients;  // the same recipients, as they are in the queue
  std::string later_reason;
  std::chrono::seconds next_try{};       // of `later`, from now
  std::vector<RecipientReport> delayed;  // those of `later` about whom the sender is told
  // Delivered to a host that does not report, where a report was asked for.
  std::vector<RecipientReport> relayed;
  std::size_t delivered = 0;
  std::size_t given_up = 0;  // whether or not anybody is told
  store::TraceEvent event;
  DeliveryTold told;
};

// After an attempt; the recipients that a rule refused have failed.
Sorted sort_delivery(const Attempt& attempt, const DeliveryReport& report, Time now);
// Without an attempt.
Sorted sort_given_up(const store::QueueEntry& entry, const GiveUp& give_up, Time now);
Sorted sort_postponed(const store::QueueEntry& entry, const Postpone& postpone, Time now);

// Turns recipients that have waited too long into failures.
void expire(Sorted& sorted);

}  // namespace culvert::node
