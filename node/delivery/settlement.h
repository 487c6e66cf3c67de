// What becomes of a queue entry after an attempt: one commit finishes or defers it, and queues the
// report for what finally failed (RFC 3464). Every call returns at once. `done` is called once,
// from any thread, when it is committed, or when it could not be committed: then that is logged and
// the entry is due again.
#pragma once

#include <functional>

#include "node/delivery/attempt.h"

namespace culvert::node {

using SettledCallback = std::function<void(const Status&)>;

// True if the entry has waited too long, by the time that really passed.
bool has_expired(const FlowContext& context, const store::QueueEntry& entry);

// After a delivery, with one outcome for each attempted recipient; the recipients that a rule
// refused have failed. Mail that left under the tunnel address is recorded in the same commit
// (store/sent.h).
void settle_delivery(FlowContext& context, const Attempt& attempt, const DeliveryReport& report,
                     SettledCallback done);

// Without a delivery.
void settle_postpone(FlowContext& context, const store::QueueEntry& entry,
                     const store::Message& message, const Postpone& postpone, SettledCallback done);
void settle_redirect(FlowContext& context, const store::QueueEntry& entry, const Redirect& redirect,
                     SettledCallback done);
void settle_give_up(FlowContext& context, const store::QueueEntry& entry,
                    const store::Message& message, const GiveUp& give_up, SettledCallback done);
// The entry has waited too long and is not tried again.
void settle_expired(FlowContext& context, const store::QueueEntry& entry,
                    const store::Message& message, SettledCallback done);

}  // namespace culvert::node
