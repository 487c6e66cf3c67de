// How much sealed mail may wait for a person (formats.md): one quota for each verified peer, and
// one for everybody else. A peer over its quota harms only itself (peering.md, property 5), and
// nothing that was acknowledged is lost.
//
// Who sealed a mail is known only once it was opened, and the gate uses no private key. So the
// quota holds at two places:
//   At the gate, 452 after DATA: if what came from nobody known fills its quota, or if the outer
//   sender's domain has a route that is or was active and whose peer is over its own. That peer's
//   node keeps its mail and tries again, so that the disk here stays bounded. After the opening:
//   what passed the gate all the same (an outer sender may be anybody's claim) and belongs to a
//   peer over its quota waits in the queue, sealed, in a lane of that peer's, so that it keeps
//   nobody else's mail waiting. It is not opened again until there is room.
#pragma once

#include "crypto/base/names.h"
#include "node/flow/flow_context.h"
#include "store/queue.h"

namespace culvert::node {

inline constexpr std::uint64_t kQuarantineQuotaBytes = std::uint64_t{1} << 30;
// What waits for room is looked at so often.
inline constexpr std::chrono::minutes kWaitForRoom{15};

// True if that peer's mail would exceed its quota with so many octets more.
bool is_over_quota(const store::ReadTransaction& txn, const Fingerprint& peer,
                   std::uint64_t more_bytes);

// True if sealed mail from this outer sender cannot be taken.
bool quarantine_is_full(const FlowContext& context, const ReversePath& sender);

// Puts an entry of the path `open` off until its peer has room, in the lane of that peer.
void wait_for_room(store::WriteTransaction& txn, const store::QueueEntry& entry,
                   const Fingerprint& peer, Time now);
// The peer whose room an entry of the path `open` waits for; nothing for any other entry.
std::optional<Fingerprint> waits_for_room_of(const store::QueueEntry& entry);

}  // namespace culvert::node
