// Mail in quarantine that waits for its signer's route (`no-route`): it goes on by itself once the
// route takes mail of that time (peering.md, Routes).
#pragma once

#include "node/flow/flow_context.h"
#include "store/quarantine.h"

namespace culvert::node {

// True for mail that waited for its signer's route, which takes mail of that time now, and for mail
// that came when nobody had a route for its domain, now that somebody has.
bool route_is_open(const store::ReadTransaction& txn, const store::QuarantineItem& item);

// The queue entry with which an item is opened again, due now.
store::QueueEntry entry_to_open(const store::QuarantineItem& item, Time now);

// Gives mail that waits in quarantine for a route back to the opener, if its route is open now.
// Cheap when nothing waits. Errors of the store.
Status requeue_waiting_mail(FlowContext& context);

}  // namespace culvert::node
