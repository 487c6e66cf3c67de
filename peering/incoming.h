// Acts on one peering message: verifies, persists, then answers (protocol.md, principle 3 and
// "Carriers"). A message means the same by every carrier. Blocking (a commit): runs in a worker.
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
  // By mail: the peer that sealed it, which must be the sender.
  std::optional<Fingerprint> sealed_by;
  std::string address;  // of the client, for people
  Time now;
  SteadyTime steady;
};

// What is kept in memory from one message to the next.
struct IncomingMemory {
  PeerBudget budget;
  Refusals refusals;  // the caller stores them from time to time
};

// What the caller must do after the commit.
struct IncomingOutcome {
  Fingerprint signer;                      // the peer that signed the message
  Bytes answer;                            // for the same connection; may be empty
  std::optional<ReceivedChallenge> prove;  // answer this challenge ...
  std::optional<ProofAnswer> with;         // ... with that
  bool routes_changed = false;
  bool said_goodbye = false;               // the peer ended the pairing
  std::vector<store::HeardTrouble> heard;  // news about mail of ours
  // When the peer wrote the document, by the peer's clock, if the document is new. By HTTPS that is
  // the peer's present time.
  std::optional<Time> spoken;
  // Anybody may hold the document and send it, so it does not show where the peer is (Named attack:
  // One address, with the peer's card).
  bool is_public = false;
};

// A refusal that has an effect: the card proves that a copy of the sender's key is in use, so mail
// for the sender is held from now on.
inline constexpr const char* kCopiedKey = "copied-key";

// Cheap checks come before costly ones: first the size, then the form of the message and the
// identity that it claims, then whether that identity is a peer. A peer's signature is verified
// before its document is parsed. Anybody else may only send an `accept` of at most
// kMaxStrangerMessageBytes; its invitation and MAC must be right before its signatures are verified
// and its card is read (Named attack: JSON bomb, Made-up codes).
//
// permanent `refused` for everything that is not accepted; `detail` says why, and every sender gets
// the same empty refusal. A word of refusal_word.h, or `copied-key` (told as `held`), if the sender
// may be told. `copied-key` has changed routes. What is refused of a peer is counted among its
// refusals. A message that was acted on before gets its stored answer and changes nothing. Errors
// of the store otherwise.
Result<IncomingOutcome> act_on_message(store::Store& store, const PairingSelf& self,
                                       const IncomingMessage& incoming, IncomingMemory& memory);

}  // namespace culvert::peering
