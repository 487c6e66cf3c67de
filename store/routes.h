// Routes: one domain of one peer, with a state (protocol.md, "Routes"), and the proofs under way.
// Peering decides which change is right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// Numbers are frozen.
enum class RouteState : std::uint8_t {
  claimed = 0,
  proving = 1,
  proved = 2,
  active = 3,
  degraded = 4,
  paused = 5,
  conflict = 6,
  withdrawn = 7,
};
// The same words.
const char* state_name(RouteState state);

// What became of the last challenge, for people.
struct ChallengeNews {
  Bytes proof{};                   // which proof it belongs to; empty: there was no challenge
  Bytes mail{};                    // id of the message that carries it; empty: none was sent
  std::string reply{};             // the last answer to that mail, and whose; one line
  std::optional<Time> replied{};   // when
  std::optional<Time> next_try{};  // of that mail, while it waits in the queue
  std::string by_https{};          // why it did not go by HTTPS; empty: it did, or is about to
  bool operator==(const ChallengeNews&) const = default;
};

struct Route {
  Domain domain;
  Fingerprint peer{};
  RouteState state = RouteState::claimed;
  Time since{};          // of the state
  std::string reason{};  // one line, for people

  bool named = false;                  // by an administrator of this node
  bool approved = false;               // by `route approve`
  bool rejected = false;               // by `route reject`
  std::optional<Time> active_since{};  // first time; set means that it is or was active
  std::optional<Time> released{};      // by `route release`: "as if no peer"
  std::optional<Time> withdrawn{};     // for the seven days in which inbound is still opened
  RouteState before_pause = RouteState::claimed;

  // The peer whose place this one takes once it is proved, and until when it may (`--replace`).
  std::optional<Fingerprint> replaces{};
  std::optional<Time> replace_until{};

  std::optional<Time> prove_requested{};  // by `route prove`; the node acts and clears it
  std::optional<Time> challenged{};       // last challenge sent
  std::optional<Time> proved{};           // last success
  std::optional<Time> failing_since{};    // first failure after the last success
  std::optional<Time> next_proof{};
  std::uint32_t proof_failures = 0;  // in a row
  std::optional<Time> txt_since{};   // when the TXT record was first seen with this fingerprint
  ChallengeNews challenge{};
  bool operator==(const Route&) const = default;
};

Bytes encode(const Route& route);
// internal `damaged-record`.
Result<Route> decode_route(ByteView record);

// Replaces the route of that domain and peer.
void put_route(WriteTransaction& txn, const Route& route);
std::optional<Route> find_route(const ReadTransaction& txn, const Domain& domain,
                                const Fingerprint& peer);
// All peers' routes for a domain. Cheap, because it is called for each recipient of each message.
std::vector<Route> routes_of_domain(const ReadTransaction& txn, const Domain& domain);
std::vector<Route> routes_of_peer(const ReadTransaction& txn, const Fingerprint& peer);
// In the order of domains.
std::vector<Route> list_routes(const ReadTransaction& txn);
bool remove_route(WriteTransaction& txn, const Domain& domain, const Fingerprint& peer);

// A proof under way, on either side.
enum class ProofRole : std::uint8_t {
  verifying = 0,  // we sent the challenge
  answering = 1,  // the peer sent it to us
};
struct Proof {
  ProofRole role = ProofRole::verifying;
  Fingerprint peer{};
  Bytes id{};  // of the challenge, 1 to 64 octets
  Domain domain;
  SecretBytes mail_token{};  // by mail; empty if not sent or not yet received
  SecretBytes web_token{};   // by HTTPS; the same
  Time started{};
  Time expires{};
  std::optional<Time> answered{};
};

// The tokens are sealed under `key` (ReadTransaction::secrets_key).
Bytes encode(const Proof& proof, const crypto::SealingKey& key);
// internal `damaged-record`.
Result<Proof> decode_proof(ByteView record, const crypto::SealingKey& key);

// Replaces the one of that role, peer and id.
void put_proof(WriteTransaction& txn, const Proof& proof);
std::optional<Proof> find_proof(const ReadTransaction& txn, ProofRole role, const Fingerprint& peer,
                                ByteView id);
std::vector<Proof> proofs_of_peer(const ReadTransaction& txn, ProofRole role,
                                  const Fingerprint& peer);
std::vector<Proof> list_proofs(const ReadTransaction& txn, ProofRole role);
bool remove_proof(WriteTransaction& txn, ProofRole role, const Fingerprint& peer, ByteView id);

}  // namespace culvert::store
