// Tells peers that an administrator removed that the pairing has ended, so that they stop sealing
// for this node: for as long as a document counts, by mail when HTTPS has failed for an hour.
// Thread-safe.
#pragma once

#include <vector>

#include "node/peers/peer_retries.h"
#include "node/peers/peer_talk.h"

namespace culvert::node {

inline constexpr RetryWaits kGoodbyeRetry{.after_success = std::chrono::seconds(1),
                                          .first = std::chrono::seconds(10),
                                          .longest = std::chrono::minutes(30)};

class Goodbyes {
 public:
  // True if that peer is to be told now.
  bool is_due(const store::Peer& peer, SteadyTime now) const;
  // Blocking: for a talk's thread.
  void tell(const TalkContext& context, const store::Peer& peer, const TalkTime& time);

 private:
  PeerRetries retries_{kGoodbyeRetry};
};

}  // namespace culvert::node
