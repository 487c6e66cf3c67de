// Tells peers what became of their mail (peering/trouble.h): at most one document a minute; what
// does not fit waits. A peer that does not take the document is tried again later, and gets it by
// mail when HTTPS has failed for an hour (protocol.md, "Carriers").
#pragma once

#include <map>
#include <mutex>

#include "node/peers/peer_talk.h"

namespace culvert::node {

// The wait after a peer did not take it: doubled each time, up to kLongestTroubleRetry.
inline constexpr std::chrono::minutes kTroubleRetry{2};
inline constexpr std::chrono::hours kLongestTroubleRetry{6};
inline constexpr std::chrono::hours kTroubleByMailAfter{1};

// Thread-safe.
class TroubleTelling {
 public:
  // Peers that are to be told something now.
  std::vector<store::Peer> due(const store::ReadTransaction& txn, SteadyTime now);
  // Blocking: for a talk's thread.
  void tell(const TalkContext& context, const store::Peer& peer, const TalkTime& time);

 private:
  struct OfPeer {
    SteadyTime not_before{};
    std::uint32_t failures = 0;  // in a row
  };
  void note(const Fingerprint& peer, SteadyTime now, bool told);

  std::mutex mutex_;
  std::map<Fingerprint, OfPeer> peers_;  // partners only
};

}  // namespace culvert::node
