// What is said of mail that came in without a seal (policy key `inbound.unsealed`, value `tag`).
#pragma once

#include "node/flow/flow_context.h"
#include "node/flow/trace_fields.h"
#include "node/intake/header_gate.h"
#include "store/messages.h"

namespace culvert::node {

// clear and unsigned; `expected=tunnel` if a domain that has or had an active route (until
// released) is its sender's, or an author's (authors.h), however odd, so that it should have come
// sealed. `why` tells where: `not sealed`, or `display-name` if it stands only in a name or comment
// beside the address, as mailing lists write it honestly; policy does not act on the latter.
Outcome unsealed_outcome(const FlowContext& context, const store::Message& message,
                         const HeaderFacts& facts);

}  // namespace culvert::node
