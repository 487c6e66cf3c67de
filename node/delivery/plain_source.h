// The octets of an attempt as they are stored: the added fields, then the body.
#pragma once

#include <memory>

#include "node/delivery/attempt.h"

namespace culvert::node {

// For rows of paths.h.
std::unique_ptr<PieceSource> plain_source(const FlowContext& context, SharedAttempt attempt);

}  // namespace culvert::node
