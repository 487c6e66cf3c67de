// Acts on one peering message, whichever way it came: verifies, persists, then answers
// (protocol.md, principle 3 and "Carriers"). It means the same by every carrier. Blocking (a
// commit); a worker's.
#pragma once

#include <optional>
#include <string>

#include "peering/inviter.h"
#include "peering/peer_budget.h"
#include "peering/proof.h"
#include "peering/refusals.h"
#include "store/store.h"
#include "store/trouble.h"

namespace culvert::peering {

struct IncomingMessage {
  ByteView message;      // CMS
  ProofCarrier carrier;  // mail or https
  // By mail: the peer whose seal it came in; it must be the sender.
  std::optional<Fingerprint> sealed_by;
  std::string address;  // of the client, for people
  Time now;
  SteadyTime steady;
};

// What is kept in memory from one message to the next.
struct IncomingMemory {
  PeerBudget budget;
  Refusals refusals;  // the caller writes them down from time to time
};

// What the caller has to do after the commit.
struct IncomingOutcome {
  Fingerprint signer;                      // the peer whose signature it was
  Bytes answer;                            // for the same connection; may be empty
  std::optional<ReceivedChallenge> prove;  // answer this challenge ...
  std::optional<ProofAnswer> with;         // ... with that
  bool routes_changed = false;
  std::vector<store::HeardTrouble> heard;  // what it newly said of mail of ours
  // When the peer wrote the document, if it is new: by HTTPS that is now, by its clock.
  std::optional<Time> spoken;
  // Anybody can have the document, and send it: it does not say where the peer is (Named attack:
  // One address, with the peer's card).
  bool is_public = false;
};

// A refusal that has an effect: the card proves that a copy of the sender's key is in use, and mail
// for it is held from now on.
inline constexpr const char* kCopiedKey = "copied-key";

// What is looked at before the next costlier thing: size; the form of the message and which
// identity it claims; whether that is a peer, who then must have signed rightly before anything is
// parsed. Somebody else may send an `accept` of kMaxStrangerMessageBytes, whose invitation and MAC
// must be right before its signatures are verified and its card is read (Named attack: JSON bomb,
// Made-up codes).
//
// permanent `refused` for everything that is not accepted, `detail` says why: who sent it gets one
// and the same empty refusal. A word of refusal_word.h, or `copied-key` (told as `held`), if it may
// be told to who sent it. After `copied-key` routes changed. What a peer sent is counted among its
// refusals. A message that was acted on before gives its stored answer and changes nothing. Errors
// of the store otherwise.
Result<IncomingOutcome> act_on_message(store::Store& store, const PairingSelf& self,
                                       const IncomingMessage& incoming, IncomingMemory& memory);

}  // namespace culvert::peering
