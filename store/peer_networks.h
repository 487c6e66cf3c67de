// The networks, of one host and larger, from which verified mail of a peer came. A client that
// sends from there again shares that peer's room in the quarantine instead of a stranger's
// (node/flow/quarantine_source.h).
#pragma once

#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// A network counts for this long after the last mail from it.
inline constexpr std::chrono::hours kPeerNetworkAge{30 * 24};
// Hosts and networks of one peer: more than a large mail provider sends from. Beyond this, the one
// that was silent longest is forgotten.
inline constexpr std::size_t kMaxPeerNetworks = 512;

// Notes that verified mail of the peer came from `network`. Writes at most once a day for each
// network, so that it costs mail nothing. `network` is its text, at most 64 octets.
void note_peer_network(WriteTransaction& txn, const Fingerprint& peer, std::string_view network,
                       Time now);

// Peers whose mail came from there within kPeerNetworkAge, at most `limit`.
std::vector<Fingerprint> peers_of_network(const ReadTransaction& txn, std::string_view network,
                                          Time now, std::size_t limit);

// Forgets at most `limit` that do not count any more. Returns how many.
std::size_t purge_peer_networks(WriteTransaction& txn, Time now, std::size_t limit);

}  // namespace culvert::store
