// What this node says to its peers of its own accord: its card when that changed, challenges, and
// answers to challenges (peering.md, "Carriers" and "Proof"). Blocking: for the service's own
// threads, never a loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/flow/flow_context.h"
#include "peering/incoming.h"
#include "store/invitations.h"

namespace culvert::node {

// After a peer could not be reached with our card.
inline constexpr std::chrono::minutes kCardRetry{10};

struct TalkContext {
  FlowContext& flow;
  const Live<store::OwnCard>& card;
  std::string own_url;
  peering::Refusals& refusals;
  // A peer or a route changed; called after the commit, in the same thread.
  std::function<void()> on_routes_changed;
};

// True if the peer has not taken our current card yet and may be tried now.
bool wants_card(const store::Peer& peer, const store::OwnCard& card, Time now);

// Gives the peer our card and takes its own, which it answers with.
void push_card(const TalkContext& context, const store::Peer& peer);

// What a peer answered: its card, if it is one that counts.
void take_answered_card(const TalkContext& context, ByteView message);

// Begins a proof of the route, if it is due: the HTTPS token first, so that the prover has it when
// the mail comes, then the challenge by mail. A peer whose HTTPS refuses us (it may not have stored
// the pairing yet) is tried again soon; one that cannot be reached gets the mail alone.
void prove_route(const TalkContext& context, const store::Peer& peer,
                 const peering::RouteName& route);

// Answers a challenge: by HTTPS, or by mail when that fails. `domain` is one of the peer's, where
// mail for it goes.
struct ProofReply {
  Fingerprint peer;
  peering::ProofAnswer answer;
};
void send_proof_answer(const TalkContext& context, const ProofReply& reply);

}  // namespace culvert::node
