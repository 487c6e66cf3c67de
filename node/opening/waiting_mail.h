// Mail in quarantine that goes on by itself: mail that waits for its signer's route (`no-route`),
// once the route takes mail of that time (protocol.md, "Routes"); and mail that was sealed ahead of
// our clock (`future`), once its time has come.
#pragma once

#include "node/flow/flow_context.h"
#include "store/quarantine.h"

namespace culvert::node {

// True for mail that waited for its signer's route, if the route takes mail of that time now. Also
// true for mail that came when nobody had a route for its domain, if somebody has one now.
bool route_is_open(const store::ReadTransaction& txn, const store::QuarantineItem& item);

// True for such mail, and for mail that is sealed ahead of `now` by no more than is allowed.
bool may_be_opened(const store::ReadTransaction& txn, const store::QuarantineItem& item, Time now);

// The queue entry that has an item opened again; due now.
store::QueueEntry entry_to_open(const store::QuarantineItem& item, Time now);

// Gives mail in quarantine back to the opener if its route or its time has come. Cheap when little
// is held. Errors of the store.
Status requeue_waiting_mail(FlowContext& context);

}  // namespace culvert::node
