// A stored message as it is read: the fields that this node added, then its octets as they came.
#pragma once

#include <memory>

#include "node/flow/flow_context.h"

namespace culvert::node {

// The added fields and then the body of a stored message, as one source. permanent `no-body`.
// `context` must outlive it.
Result<std::unique_ptr<RewindableSource>> stored_message(const FlowContext& context,
                                                         const store::Message& message);

}  // namespace culvert::node
