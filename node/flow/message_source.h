// The octets that an attempt sends: the stored message under its added fields, sealed if planned
// so.
#pragma once

#include <memory>

#include "node/flow/attempt.h"

namespace culvert::node {

// `context` must outlive it. Opens the stored message when the first piece is asked for.
std::unique_ptr<PieceSource> message_source(const FlowContext& context, SharedAttempt attempt);

// The added fields and then the body of a stored message, as one source. permanent `no-body`.
// `context` must outlive it.
Result<std::unique_ptr<RewindableSource>> stored_message(const FlowContext& context,
                                                         const store::Message& message);

}  // namespace culvert::node
