// Proving that mail for a domain reaches the peer that claims it (protocol.md, "Proof"): who is
// challenged when, what an answer must say, what it changes. Carrying is for node/flow. Inside
// transactions, except where a store is given.
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
inline constexpr std::chrono::hours kProofLifetime{24};     // an answer later than this is void
inline constexpr std::chrono::hours kProvingEnd{30 * 24};   // without success
// After pairing: the partner stores our answer a moment later than we store its card.
inline constexpr std::chrono::seconds kFirstChallengeDelay{2};
// While the partner's HTTPS refuses us (it has not stored the pairing, say), mail is held back for
// so long; then it is tried all the same.
inline constexpr std::chrono::hours kRefusedPatience{1};

inline constexpr std::chrono::seconds kAnswerInterval{60};  // to challenges of one proof

// Routes that are due for a challenge now: named ones and those asked for by `route prove`, of
// paired peers, within the limits. Claims alone make nobody send mail.
std::vector<store::Route> routes_to_challenge(const store::ReadTransaction& txn, Time now);

// Begins a proof: stores its tokens, moves the route to `proving`, and says what to send. Nothing
// if the route is not due any more.
struct StartedProof {
  ProofChallenge by_mail;
  ProofChallenge by_https;
};
std::optional<StartedProof> start_proof(store::WriteTransaction& txn, const RouteName& route,
                                        Time now);

// When it would be challenged next, as things stand; nothing: not by itself. May be past.
std::optional<Time> next_challenge(const store::Route& route, Time now);

// Takes back a proof whose challenge was not sent by mail, to be begun anew a little later. False
// once that has gone on for kRefusedPatience: then the mail is to be sent.
bool put_off_proof(store::WriteTransaction& txn, const RouteName& route, const ProofId& proof,
                   Time now);

// Prover's side: a challenge came. Its token is kept until its twin is there; the answer then is
// over both. A challenge by mail is answered at once with what is there. Nothing: the answer has to
// wait for the mail. permanent `not-for-us` for a domain that we do not serve, a challenge that
// came another way than it says, or more than kMaxPendingProofsOfPeer.
struct ReceivedChallenge {
  Fingerprint peer;
  ProofChallenge challenge;
  ProofCarrier carrier;  // how it really came
};
Result<std::optional<ProofAnswer>> take_challenge(store::WriteTransaction& txn,
                                                  const ReceivedChallenge& received,
                                                  const std::vector<Domain>& own_domains, Time now);

// Verifier's side: an answer came, by either carrier. True if it was right: then the route moves on
// and the proof is spent. A wrong one changes nothing.
struct ReceivedAnswer {
  Fingerprint peer;
  ProofAnswer answer;
};
bool take_answer(store::WriteTransaction& txn, const ReceivedAnswer& received, Time now);

// Ends a proof that came to nothing; its route counts a failure. False if it had ended before.
bool fail_proof(store::WriteTransaction& txn, const RouteName& route, ByteView proof, Time now);

// Ends proofs that nobody answered in time; their routes count a failure.
void end_old_proofs(store::WriteTransaction& txn, Time now);

}  // namespace culvert::peering
