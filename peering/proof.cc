#include "peering/proof.h"

#include <algorithm>

#include "crypto/keys/random.h"
#include "peering/peer_changes.h"

namespace culvert::peering {
namespace {

using store::Proof;
using store::ProofRole;
using store::Route;
using store::RouteState;

bool may_be_proved(RouteState state) {
  switch (state) {
    case RouteState::claimed:
    case RouteState::proving:
    case RouteState::proved:
    case RouteState::active:
    case RouteState::degraded:
    case RouteState::paused:
      return true;
    case RouteState::conflict:
    case RouteState::withdrawn:
      return false;
  }
  return false;
}

bool is_due(const Route& route, Time now) {
  const auto next = next_challenge(route, now);
  return next && now >= *next;
}

// Six hours, doubled by each failure, at most two days.
std::chrono::hours pause_after(std::uint32_t failures) {
  return kChallengeInterval * (1 << std::min<std::uint32_t>(failures, 3));
}

bool has_room(const store::ReadTransaction& txn, ProofRole role, const Fingerprint& peer) {
  return store::proofs_of_peer(txn, role, peer).size() < kMaxPendingProofsOfPeer;
}

ProofToken random_token() {
  ProofToken token;
  crypto::fill_random(token);
  return token;
}

ProofToken token_of(const SecretBytes& stored) {
  ProofToken token{};
  std::copy_n(stored.view().begin(), std::min(stored.size(), token.size()), token.begin());
  return token;
}

bool any_proof_of_domain(const store::ReadTransaction& txn, const RouteName& route) {
  const auto all = store::proofs_of_peer(txn, ProofRole::verifying, route.peer);
  return std::any_of(all.begin(), all.end(),
                     [&](const Proof& proof) { return proof.domain == route.domain; });
}

Proof proof_of(const ReceivedChallenge& received, Time now) {
  Proof proof{.role = ProofRole::answering,
              .peer = received.peer,
              .id = {},
              .domain = received.challenge.domain};
  proof.id.assign(received.challenge.proof.begin(), received.challenge.proof.end());
  proof.started = now;
  proof.expires = now + kProofLifetime;
  return proof;
}

bool is_right(const Proof& proof, const ProofAnswer& answer, Time now) {
  if (now >= proof.expires || proof.domain != answer.domain) return false;
  if (!equal_in_constant_time(proof.mail_token.view(), answer.mail_token)) return false;
  return !answer.https_token || equal_in_constant_time(proof.web_token.view(), *answer.https_token);
}

void count_failure(store::WriteTransaction& txn, const RouteName& name, Time now) {
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route) return;
  ++route->proof_failures;
  if (!route->failing_since) route->failing_since = now;
  store::put_route(txn, *route);
}

}  // namespace

std::optional<Time> next_challenge(const Route& route, Time now) {
  if (!may_be_proved(route.state)) return std::nullopt;
  if (route.prove_requested) return now;
  // A claim alone makes nobody send mail, and a route that waits for approval is proved already.
  if (route.rejected || (!route.named && !route.active_since)) return std::nullopt;
  if (route.failing_since && now >= *route.failing_since + kProvingEnd) return std::nullopt;
  Time next = route.next_proof.value_or(now);
  if (route.challenged) next = std::max(next, *route.challenged + kChallengeInterval);
  return next;
}

std::vector<Route> routes_to_challenge(const store::ReadTransaction& txn, Time now) {
  std::vector<Route> due;
  for (const store::Peer& peer : store::list_peers(txn)) {
    if (peer.state != store::PeerState::paired || store::find_tombstone(txn, peer.fingerprint)) {
      continue;
    }
    for (const Route& route : store::routes_of_peer(txn, peer.fingerprint)) {
      if (is_due(route, now)) due.push_back(route);
    }
  }
  return due;
}

std::optional<StartedProof> start_proof(store::WriteTransaction& txn, const RouteName& name,
                                        Time now) {
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route || !is_due(*route, now) || !has_room(txn, ProofRole::verifying, name.peer)) {
    return std::nullopt;
  }
  StartedProof started{.by_mail = {random_token(), name.domain, ProofCarrier::mail, random_token()},
                       .by_https = {{}, name.domain, ProofCarrier::https, random_token()}};
  started.by_https.proof = started.by_mail.proof;

  Proof proof{.role = ProofRole::verifying, .peer = name.peer, .id = {}, .domain = name.domain};
  proof.id.assign(started.by_mail.proof.begin(), started.by_mail.proof.end());
  proof.mail_token = SecretBytes(ByteView(started.by_mail.token));
  proof.web_token = SecretBytes(ByteView(started.by_https.token));
  proof.started = now;
  proof.expires = now + kProofLifetime;
  store::put_proof(txn, proof);

  route->challenged = now;
  route->challenge = {.proof = proof.id};
  route->prove_requested.reset();
  route->next_proof = now + pause_after(route->proof_failures);
  // Stored before change_route, which reads the route from the store.
  store::put_route(txn, *route);
  change_route(txn, name, RouteEvent::challenged, now);
  return started;
}

bool put_off_proof(store::WriteTransaction& txn, const RouteName& name, const ProofId& id,
                   Time now) {
  auto route = store::find_route(txn, name.domain, name.peer);
  const auto peer = store::find_peer(txn, name.peer);
  if (!route || !peer || now >= peer->paired + kRefusedPatience) return false;
  if (!store::remove_proof(txn, ProofRole::verifying, name.peer, id)) return false;
  route->challenged.reset();
  // Soon at first, then at growing intervals.
  route->next_proof =
      now + std::max<std::chrono::seconds>(kFirstChallengeDelay, (now - peer->paired) / 4);
  store::put_route(txn, *route);
  change_route(txn, name, RouteEvent::challenge_ended, now);
  return true;
}

Result<std::optional<ProofAnswer>> take_challenge(store::WriteTransaction& txn,
                                                  const ReceivedChallenge& received,
                                                  const std::vector<Domain>& own_domains,
                                                  Time now) {
  const ProofChallenge& challenge = received.challenge;
  const bool ours =
      std::find(own_domains.begin(), own_domains.end(), challenge.domain) != own_domains.end();
  auto proof = store::find_proof(txn, ProofRole::answering, received.peer, challenge.proof);
  if (!ours || challenge.carrier != received.carrier ||
      (proof && proof->domain != challenge.domain) ||
      (!proof && !has_room(txn, ProofRole::answering, received.peer))) {
    return permanent_error("not-for-us", "a challenge that this node does not answer");
  }
  if (!proof) proof = proof_of(received, now);
  SecretBytes& token =
      received.carrier == ProofCarrier::mail ? proof->mail_token : proof->web_token;
  if (token.empty()) token = SecretBytes(ByteView(challenge.token));

  // An answer costs a signature and a conversation, so each proof gets at most one a minute.
  const bool answered_just_now = proof->answered && now < *proof->answered + kAnswerInterval;
  std::optional<ProofAnswer> answer;
  if (received.carrier == ProofCarrier::mail && !answered_just_now) {
    answer = ProofAnswer{challenge.proof, challenge.domain, token_of(proof->mail_token), {}};
    if (!proof->web_token.empty()) answer->https_token = token_of(proof->web_token);
    proof->answered = now;
  }
  store::put_proof(txn, *proof);
  return answer;
}

bool take_answer(store::WriteTransaction& txn, const ReceivedAnswer& received, Time now) {
  const auto proof =
      store::find_proof(txn, ProofRole::verifying, received.peer, received.answer.proof);
  if (!proof || !is_right(*proof, received.answer, now)) return false;
  const RouteName name{proof->domain, received.peer};
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route) return false;
  route->proved = now;
  route->failing_since.reset();
  route->proof_failures = 0;
  route->challenge.next_try.reset();
  route->next_proof = now + kProofInterval;
  store::put_route(txn, *route);
  change_route(txn, name, RouteEvent::proved, now);
  remove_proofs_of_domain(txn, name);
  return true;
}

bool fail_proof(store::WriteTransaction& txn, const RouteName& name, ByteView id, Time now) {
  if (!store::remove_proof(txn, ProofRole::verifying, name.peer, id)) return false;
  count_failure(txn, name, now);
  if (!any_proof_of_domain(txn, name)) change_route(txn, name, RouteEvent::challenge_ended, now);
  return true;
}

std::vector<FailedRoute> routes_to_degrade(const store::ReadTransaction& txn, Time now) {
  std::vector<FailedRoute> failed;
  for (const store::Peer& peer : store::list_peers(txn)) {
    if (!store::is_partner(peer.state)) continue;
    const bool has_card = now <= peer.card_expires + kClockDifference;
    for (const Route& route : store::routes_of_peer(txn, peer.fingerprint)) {
      if (route.state != RouteState::active) continue;
      const bool is_overdue = route.failing_since && now >= *route.failing_since + kProofPatience;
      if (has_card && !is_overdue) continue;
      failed.push_back({{route.domain, route.peer},
                        is_overdue ? RouteEvent::proof_overdue : RouteEvent::card_ended});
    }
  }
  return failed;
}

void end_old_proofs(store::WriteTransaction& txn, Time now) {
  for (const Proof& proof : store::list_proofs(txn, ProofRole::answering)) {
    if (now >= proof.expires) store::remove_proof(txn, proof.role, proof.peer, proof.id);
  }
  for (const Proof& proof : store::list_proofs(txn, ProofRole::verifying)) {
    if (now < proof.expires) continue;
    fail_proof(txn, {proof.domain, proof.peer}, proof.id, now);
  }
}

}  // namespace culvert::peering
