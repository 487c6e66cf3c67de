// What is said of mail that came in without a seal (policy key `inbound.unsealed`, value `tag`).
#pragma once

#include "node/flow/flow_context.h"
#include "node/flow/header_gate.h"
#include "node/flow/trace_fields.h"
#include "store/messages.h"

namespace culvert::node {

// clear and unsigned; `expected=tunnel` if its sender's domain, or any domain that stands in a From
// field, however odd, has or had an active route (until released), so that it should have come
// sealed.
Outcome unsealed_outcome(const FlowContext& context, const store::Message& message,
                         const HeaderFacts& facts);

}  // namespace culvert::node
