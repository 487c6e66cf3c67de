// Mail on a delivery path that this version does not know, because a newer one took it. It is held,
// and goes on by itself under a version that knows the path.
#pragma once

#include "node/flow/flow_context.h"

namespace culvert::node {

// Holds what is due on such a path: it would be passed over for ever. Does not wait for the commit.
void hold_unknown_paths(FlowContext& flow);

// For the start of the node: makes due again what was held so and is known now. Reads the whole
// queue, in pieces, but only if anything is held. In a worker.
void release_known_paths(FlowContext& flow);

}  // namespace culvert::node
