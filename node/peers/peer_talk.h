// What this node says to its peers of its own accord: its card when it changes, challenges, and
// answers to challenges (protocol.md, "Carriers" and "Proof"). Blocking: for the service's own
// threads, never a loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/flow/flow_context.h"
#include "node/peers/peer_clocks.h"
#include "node/peers/talk_lanes.h"
#include "peering/incoming.h"
#include "store/invitations.h"

namespace culvert::node {

// The wait after a peer could not be reached with our card.
inline constexpr std::chrono::minutes kCardRetry{10};

// For how long HTTPS to a peer must have failed before documents go by mail (protocol.md,
// "Carriers"), and how often a card goes again that nobody acknowledged.
inline constexpr std::chrono::hours kMailAfter{1};
inline constexpr std::chrono::hours kCardMailRetry{6};

// The total time of a talk in one of the first two lanes (talk_lanes.h), so that tar pits leave
// their threads soon; a peer far away needs two seconds. The slow lane gives more.
inline constexpr std::chrono::milliseconds kQuickTalkTime{4'000};
inline constexpr std::chrono::milliseconds kSlowTalkTime{60'000};

// How much time a talk has left.
class TalkTime {
 public:
  // `clock` must outlive it.
  TalkTime(const Clock& clock, std::chrono::milliseconds all)
      : clock_(clock), end_(clock.steady() + all) {}
  std::chrono::milliseconds left() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - clock_.steady());
  }
  bool over() const { return left().count() <= 0; }

 private:
  const Clock& clock_;
  SteadyTime end_;
};

struct TalkContext {
  FlowContext& flow;
  const Live<store::OwnCard>& card;
  std::string own_url;
  peering::Refusals& refusals;
  PeerClocks& clocks;
  // A peer or a route changed. Called after the commit, in the same thread.
  std::function<void()> on_routes_changed;
  // A peer that could not be reached answers again.
  std::function<void(const Fingerprint&)> on_reached;
};

// True if the peer has not taken our current card yet and may be tried now.
bool wants_card(const store::Peer& peer, const store::OwnCard& card, Time now);

// Gives the peer our card, and takes the peer's card from the answer. A peer that used up the time
// of its first lanes is tried again soon, in the slow lane.
void push_card(const TalkContext& context, const store::Peer& peer, const TalkTime& time,
               TalkLane lane);

// The code of an error with which a peer refused a message.
inline constexpr std::string_view kRefusedCode = "refused";

// Posts to the first of the peer's URLs that answers, while there is time. temporary `unreachable`,
// and the errors of peering::PeerCarrier.
Result<Bytes> post_to_peer(const TalkContext& context, const store::Peer& peer, ByteView message,
                           const TalkTime& time);
// The same for any document but a card. Notes whether the peer was reached, and takes its list of
// accepted domains, if that comes with the answer.
Result<Bytes> tell_peer(const TalkContext& context, const store::Peer& peer, ByteView message,
                        const TalkTime& time);
// True once HTTPS to the peer has failed for kMailAfter: documents then go by mail.
bool may_go_by_mail(const store::Peer& peer, Time now);
// Puts a document for the peer into the queue, addressed to one of its domains. permanent
// `too-large` for more than peering::kMaxDocumentMailBytes, `no-route` if no domain of the peer is
// known; errors of the store.
Status mail_document(const TalkContext& context, const Fingerprint& peer, ByteView message,
                     std::chrono::seconds lifetime);
// Notes the result for `status`: a peer that refuses a message, or puts it off, can be reached.
void set_whether_reached(store::Peer& peer, const Result<Bytes>& answer, Time now);
// The head of a new document to a peer.
peering::DocumentHead head_to(const TalkContext& context, const Fingerprint& peer);

// Takes the card with which a peer answered, if it is a valid one. `from`: where, for people.
void take_answered_card(const TalkContext& context, ByteView message, const std::string& from);

// Starts a proof of the route, if one is due: the HTTPS token first, so that the prover has it when
// the mail comes, then the challenge by mail. A peer whose HTTPS refuses us (it may not have stored
// the pairing yet) is tried again soon. A peer that cannot be reached, or for which no time is
// left, gets only the mail.
void prove_route(const TalkContext& context, const store::Peer& peer,
                 const peering::RouteName& route, const TalkTime& time);

// Answers a challenge: by HTTPS, or by mail when that fails. `domain` is one of the peer's domains,
// to which mail for it goes.
struct ProofReply {
  Fingerprint peer;
  peering::ProofAnswer answer;
};
void send_proof_answer(const TalkContext& context, const ProofReply& reply, const TalkTime& time);

}  // namespace culvert::node
