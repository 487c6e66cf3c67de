// Sealing for a peer, which several paths do: whether it is possible now, and the octets.
#pragma once

#include <memory>

#include "node/delivery/attempt.h"

namespace culvert::node {

// How often mail for a route that does not work is looked at again if nothing wakes it.
inline constexpr std::chrono::seconds kWaitForRoute{60};

// Whose mail is sealed, which decides the form of the tunnel and the certificates.
enum class SealForm {
  // People's: in the present form, to a valid certificate of a card that has not expired, by a
  // certificate that the peer knows. Otherwise it waits.
  present,
  // Peering messages: in a form that the peer opens, to its newest certificate, ended or not.
  understood,
};

// An attempt with all that sealing needs, from the current card of `peer`; or what prevents it.
AttemptPlan sealed_attempt(const FlowContext& context, store::QueueEntry entry,
                           store::Message message, const Fingerprint& peer, SealForm form);

// For rows of paths.h whose attempts are sealed.
std::unique_ptr<PieceSource> sealed_source(const FlowContext& context, SharedAttempt attempt);

}  // namespace culvert::node
