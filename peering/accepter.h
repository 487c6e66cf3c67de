// The accepting side of pairing: `culvert peer accept CODE` (protocol.md, "Pairing"). Blocking: it
// talks to the inviter through a PeerCarrier.
#pragma once

#include <vector>

#include "peering/inviter.h"
#include "peering/lookup.h"

namespace culvert::peering {

struct AcceptedPeer {
  Fingerprint peer;
  std::string name;
  std::vector<Domain> domains;  // those of its card that count
};

struct AcceptWish {
  Time now;
  // The inviter takes its domains from whoever has them in use.
  bool replaces = false;
};

// Fetches the inviter's card, whose fingerprint must be the one in the code, sends `accept`, checks
// the answer and stores the pairing. The inviter's domains in the code count as named by our
// administrator. permanent `refused` if the inviter does not take the code (wrong, used or
// expired), `wrong-inviter` if somebody else answers, `not-our-domain` if this node serves none of
// the domains that the code names, `card-too-large` if our card does not fit into an `accept`
// (kMaxStrangerMessageBytes); temporary errors of the carrier.
Result<AcceptedPeer> accept_invitation(store::Store& store, const PairingSelf& self,
                                       const ReadCode& code, PeerCarrier& carrier,
                                       const AcceptWish& wish);

}  // namespace culvert::peering
