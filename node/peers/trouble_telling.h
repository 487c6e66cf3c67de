// Tells peers what became of their mail (peering/trouble.h): at most one document a minute; what
// does not fit waits. A peer that does not take the document is tried again later, and gets it by
// mail when HTTPS has failed for an hour (protocol.md, "Carriers").
#pragma once

#include "node/peers/peer_retries.h"
#include "node/peers/peer_talk.h"
#include "peering/trouble.h"

namespace culvert::node {

inline constexpr RetryWaits kTroubleRetry{.after_success = peering::kTroubleInterval,
                                          .first = std::chrono::minutes(2),
                                          .longest = std::chrono::hours(6)};

// Thread-safe.
class TroubleTelling {
 public:
  // Peers that are to be told something now.
  std::vector<store::Peer> due(const store::ReadTransaction& txn, SteadyTime now) const;
  // Blocking: for a talk's thread.
  void tell(const TalkContext& context, const store::Peer& peer, const TalkTime& time);

 private:
  PeerRetries retries_{kTroubleRetry};
};

}  // namespace culvert::node
