// Proving that mail for a domain reaches the peer that claims it (peering.md, "Proof"): who is
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
// After the first challenges of a new route, which the partner may not be ready for yet.
inline constexpr std::chrono::seconds kFirstRetry{5};

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

// Prover's side: a challenge came. Its token is kept until its twin is there; the answer then is
// over both. A challenge by mail is answered at once with what is there. Nothing: the answer has to
// wait for the mail. permanent `not-for-us` for a domain that we do not serve.
struct ReceivedChallenge {
  Fingerprint peer;
  ProofChallenge challenge;
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

// Ends proofs that nobody answered in time; their routes count a failure.
void end_old_proofs(store::WriteTransaction& txn, Time now);

}  // namespace culvert::peering
