// Tells peers which of their domains are accepted here (peering/acceptance.h): within seconds of a
// change, and with every answer. A peer that does not take it is tried again, and gets it by mail
// when HTTPS has failed for an hour (protocol.md, "Carriers"). Thread-safe.
#pragma once

#include <vector>

#include "node/peers/peer_retries.h"
#include "node/peers/peer_talk.h"
#include "store/acceptance.h"

namespace culvert::node {

inline constexpr RetryWaits kAcceptanceRetry{.after_success = std::chrono::seconds(1),
                                             .first = std::chrono::seconds(10),
                                             .longest = std::chrono::minutes(10)};

class AcceptanceTelling {
 public:
  // Peers that are to be told now, and may be tried. Those whose nodes do not know the document are
  // among `too_old`: nothing is told to them.
  struct Due {
    std::vector<store::Peer> peers;
    std::vector<store::AcceptanceNews> too_old;
  };
  Due due(const store::ReadTransaction& txn, SteadyTime now) const;
  // Blocking: for a talk's thread.
  void tell(const TalkContext& context, const store::Peer& peer, const TalkTime& time);

 private:
  PeerRetries retries_{kAcceptanceRetry};
};

// The signed list for a peer as things stand, to go with an answer; empty if the peer's node does
// not know the document, or it cannot be made.
Bytes acceptance_for(const TalkContext& context, const Fingerprint& peer);

// Ends the news for peers that cannot be told. Their card says when they can.
void end_news(FlowContext& flow, const std::vector<store::AcceptanceNews>& news);

}  // namespace culvert::node
