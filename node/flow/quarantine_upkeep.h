// What must be done for the quarantine at a start, and now and then. All functions block: for a
// worker, or before the node serves. Errors are logged, unless they are returned.
#pragma once

#include "node/flow/flow_context.h"

namespace culvert::node {

// Before anything comes in: adds up what is held, and reserves room again for what was taken before
// and waits to be opened. Errors of the store.
Status start_quarantine(FlowContext& context);

// Each minute: gives up the room of mail that a command dropped from the queue, and tells an
// administrator what is new.
void tend_quarantine(FlowContext& context);

// Tells an administrator what is new, if it is time to.
void tell_quarantine_news(FlowContext& context);

// Ends what was held for as long as `limits` says, by the time that really passed (clock_watch.h),
// and forgets what need not be known any more. In pieces, so that mail is not held up.
void expire_quarantine(FlowContext& context);

}  // namespace culvert::node
