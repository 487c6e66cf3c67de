// Sealing for a peer, which several paths do: whether it can be done now, and the octets.
#pragma once

#include <memory>

#include "node/delivery/attempt.h"

namespace culvert::node {

// Mail for a route that does not work is looked at again so often even if nothing wakes it.
inline constexpr std::chrono::seconds kWaitForRoute{60};

// In which form of the tunnel it is sealed.
enum class SealForm {
  present,     // and it waits while the peer does not understand that
  understood,  // one that the peer opens, or two nodes of different age could never pair
};

// An attempt with everything that sealing needs, from the present card of `peer`; or what keeps it.
AttemptPlan sealed_attempt(const FlowContext& context, store::QueueEntry entry,
                           store::Message message, const Fingerprint& peer, SealForm form);

// For rows of paths.h whose attempts have a seal.
std::unique_ptr<PieceSource> sealed_source(const FlowContext& context, SharedAttempt attempt);

}  // namespace culvert::node
