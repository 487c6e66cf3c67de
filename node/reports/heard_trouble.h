// What peers tell about mail that was sealed for them (peering/trouble.h): the senders get the
// report. For held mail, that is the delay report, once the mail has waited as long as any other
// (`queue.delay_notice`). For mail that was dropped, expired or returned, it is the failure report,
// at once.
#pragma once

#include "node/flow/flow_context.h"

namespace culvert::node {

// Acts on what is due. Cheap when nothing was heard. Blocks: call it in a worker. Errors are
// logged, and what could not be done is due again.
void act_on_heard_trouble(FlowContext& context);

}  // namespace culvert::node
