// The work that the quarantine needs at a start and from time to time. All functions block: call
// them in a worker, or before the node serves. Errors are logged, unless they are returned.
#pragma once

#include "node/flow/flow_context.h"

namespace culvert::node {

// Before any mail comes in: adds up what is held, and reserves room again for mail that was taken
// earlier and waits to be opened. Errors of the store.
Status start_quarantine(FlowContext& context);

// Each minute: gives up the room of mail that a command dropped from the queue, and tells an
// administrator the news.
void tend_quarantine(FlowContext& context);

// Tells an administrator the news, if it is time to.
void tell_quarantine_news(FlowContext& context);

// Ends what has been held for as long as `limits` says, by the time that really passed
// (clock_watch.h), and forgets what is no longer needed. Works in pieces, so that mail is not held
// up.
void expire_quarantine(FlowContext& context);

}  // namespace culvert::node
