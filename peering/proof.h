// Proving that mail for a domain reaches the peer that claims it (protocol.md, "Proof"): who is
// challenged when, what an answer must say, what it changes. node/peers carries the documents.
// Inside transactions.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "peering/proof_documents.h"
#include "peering/route_changes.h"
#include "store/routes.h"
#include "store/transaction.h"

namespace culvert::peering {

inline constexpr std::size_t kMaxPendingProofsOfPeer = 20;
inline constexpr std::chrono::hours kChallengeInterval{6};  // for one domain
inline constexpr std::chrono::hours kProofInterval{24};     // of an active route
inline constexpr std::chrono::hours kProofLifetime{24};     // later answers are void
inline constexpr std::chrono::hours kProvingEnd{30 * 24};   // of failures; then proving ends
// A spam filter that eats challenges must not stop mail that is sealed anyway, so a route in use
// may fail for this long.
inline constexpr std::chrono::hours kProofPatience{72};
// The first challenge waits after pairing, because the partner stores our answer a moment after we
// store its card.
inline constexpr std::chrono::seconds kFirstChallengeDelay{2};
// How long after pairing a challenge's mail is held back while the partner's HTTPS refuses us (it
// has not stored the pairing yet, say). After that the mail is sent all the same.
inline constexpr std::chrono::hours kRefusedPatience{1};

// Challenges of one proof are answered at most once in this time.
inline constexpr std::chrono::seconds kAnswerInterval{60};

// Routes of paired peers that are due for a challenge now, within the limits: routes that are named
// or were active, and those asked for by `route prove`. A claim alone makes nobody send mail.
std::vector<store::Route> routes_to_challenge(const store::ReadTransaction& txn, Time now);

// Begins a proof: stores its tokens, moves the route to `proving`, and says what to send. Nothing
// if the route is no longer due or too many proofs of the peer are pending.
struct StartedProof {
  ProofChallenge by_mail;
  ProofChallenge by_https;
};
std::optional<StartedProof> start_proof(store::WriteTransaction& txn, const RouteName& route,
                                        Time now);

// When the route is challenged next, as things stand; may be past. Nothing if it is not challenged
// by itself.
std::optional<Time> next_challenge(const store::Route& route, Time now);

// Takes back a proof whose challenge was not sent by mail; it begins anew a little later. False
// once kRefusedPatience has passed since pairing: the mail must then be sent.
bool put_off_proof(store::WriteTransaction& txn, const RouteName& route, const ProofId& proof,
                   Time now);

// Prover's side: a challenge came. Its token is kept. A challenge by mail is answered at once, over
// both tokens if the one by HTTPS is there. Nothing if the answer waits for the mail, or the last
// answer is younger than kAnswerInterval. permanent `not-for-us` for a domain that we do not serve,
// a challenge that came another way than it says, or more than kMaxPendingProofsOfPeer.
struct ReceivedChallenge {
  Fingerprint peer;
  ProofChallenge challenge;
  ProofCarrier carrier;  // how it actually came
};
Result<std::optional<ProofAnswer>> take_challenge(store::WriteTransaction& txn,
                                                  const ReceivedChallenge& received,
                                                  const std::vector<Domain>& own_domains, Time now);

// Verifier's side: an answer came, by either carrier. True if it is right: the route then moves on
// and the proof is spent. A wrong answer changes nothing.
struct ReceivedAnswer {
  Fingerprint peer;
  ProofAnswer answer;
};
bool take_answer(store::WriteTransaction& txn, const ReceivedAnswer& received, Time now);

// Ends a proof that failed; its route counts a failure. False if it had already ended.
bool fail_proof(store::WriteTransaction& txn, const RouteName& route, ByteView proof, Time now);

// Routes in use whose proof has failed for kProofPatience, or whose peer's card has ended.
struct FailedRoute {
  RouteName name;
  RouteEvent event;  // for change_route
};
std::vector<FailedRoute> routes_to_degrade(const store::ReadTransaction& txn, Time now);

// Ends proofs that nobody answered in time; their routes count a failure.
void end_old_proofs(store::WriteTransaction& txn, Time now);

}  // namespace culvert::peering
