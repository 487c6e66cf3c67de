// What peers tell of mail that was sealed for them (peering/trouble.h): its senders get the report.
// Mail that is held gets the delay report when it has waited as long as any other
// (`queue.delay_notice`); what was dropped, expired or returned gets the failed one at once.
#pragma once

#include "node/flow/flow_context.h"

namespace culvert::node {

// Does what is due of it. Cheap when nothing was heard. Blocks: for a worker. Errors are logged,
// and what could not be done is due again.
void act_on_heard_trouble(FlowContext& context);

}  // namespace culvert::node
