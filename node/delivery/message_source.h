// The octets that an attempt sends: the stored message under its added fields, sealed if planned
// so.
#pragma once

#include <memory>

#include "node/delivery/attempt.h"

namespace culvert::node {

// `context` must outlive it. Opens the stored message when the first piece is asked for.
std::unique_ptr<PieceSource> message_source(const FlowContext& context, SharedAttempt attempt);

}  // namespace culvert::node
