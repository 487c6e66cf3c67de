// The accepting side of pairing: `culvert peer accept CODE` (protocol.md, "Pairing"). Blocking:
// talks to the inviter through a PeerCarrier.
#pragma once

#include <vector>

#include "peering/inviter.h"
#include "peering/lookup.h"

namespace culvert::peering {

struct AcceptedPeer {
  Fingerprint peer;
  std::string name;
  std::vector<Domain> domains;  // of its card, as far as they count
};

// Fetches the inviter's card (it must be that of the fingerprint in the code), sends `accept`,
// checks the answer, and stores the pairing: the inviter's domains in the code count as named by
// our administrator. permanent `refused` if the inviter does not take the code (wrong, used or
// expired), `wrong-inviter` if somebody else answers, `not-our-domain` if the code names domains
// that this node does not serve, `card-too-large` if our card is more than a code takes
// (kMaxStrangerMessageBytes); temporary errors of the carrier.
Result<AcceptedPeer> accept_invitation(store::Store& store, const PairingSelf& self,
                                       const ReadCode& code, PeerCarrier& carrier, Time now);

}  // namespace culvert::peering
