// Mail in quarantine that goes on by itself: what waits for its signer's route (`no-route`), once
// the route takes mail of that time (protocol.md, "Routes"); what was sealed ahead of our clock
// (`future`), once its time has come.
#pragma once

#include "node/flow/flow_context.h"
#include "store/quarantine.h"

namespace culvert::node {

// True for mail that waited for its signer's route, which takes mail of that time now, and for mail
// that came when nobody had a route for its domain, now that somebody has.
bool route_is_open(const store::ReadTransaction& txn, const store::QuarantineItem& item);

// True for that, and for what was sealed ahead of `now` no more than may be.
bool may_be_opened(const store::ReadTransaction& txn, const store::QuarantineItem& item, Time now);

// The queue entry with which an item is opened again, due now.
store::QueueEntry entry_to_open(const store::QuarantineItem& item, Time now);

// Gives mail that waits in quarantine for a route or for its time back to the opener, if that has
// come. Cheap when little is held. Errors of the store.
Status requeue_waiting_mail(FlowContext& context);

}  // namespace culvert::node
