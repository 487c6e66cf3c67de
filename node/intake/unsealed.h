// The verdict on mail that came in without a seal (policy key `inbound.unsealed`, value `tag`).
#pragma once

#include "node/flow/flow_context.h"
#include "node/flow/trace_fields.h"
#include "node/intake/header_gate.h"
#include "store/messages.h"

namespace culvert::node {

// Clear and unsigned. `expected=tunnel` if the mail should have come sealed: its sender or an
// author (authors.h), however oddly written, has a domain that has or had an active route (until
// released). `why` says where that domain is: `not sealed`, or `display-name` if it is only in a
// name or comment beside the address, as honest mailing lists write it. Policy does not act on the
// latter.
Outcome unsealed_outcome(const FlowContext& context, const store::Message& message,
                         const HeaderFacts& facts);

}  // namespace culvert::node
