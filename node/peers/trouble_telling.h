// Tells peers what became of their mail (peering/trouble.h): a document a minute at most, what does
// not fit waits; a peer that does not take it is asked again later, and gets it by mail when HTTPS
// has failed for an hour (protocol.md, "Carriers").
#pragma once

#include <map>
#include <mutex>

#include "node/peers/peer_talk.h"

namespace culvert::node {

// After a peer did not take it: twice as long each time, up to the second.
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
