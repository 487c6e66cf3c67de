// Sealing for a peer, which several paths do: whether it is possible now, and the octets.
#pragma once

#include <memory>

#include "node/delivery/attempt.h"

namespace culvert::node {

// How often mail for a route that does not work is looked at again if nothing wakes it.
inline constexpr std::chrono::seconds kWaitForRoute{60};

// The form of the tunnel in which mail is sealed.
enum class SealForm {
  present,     // the current one; mail waits while the peer does not understand it
  understood,  // one that the peer opens: otherwise old and new nodes could never pair
};

// An attempt with all that sealing needs, from the current card of `peer`; or what prevents it.
AttemptPlan sealed_attempt(const FlowContext& context, store::QueueEntry entry,
                           store::Message message, const Fingerprint& peer, SealForm form);

// For rows of paths.h whose attempts are sealed.
std::unique_ptr<PieceSource> sealed_source(const FlowContext& context, SharedAttempt attempt);

}  // namespace culvert::node
