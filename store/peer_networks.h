// From which networks, of one host and larger, a peer's mail came that turned out to be its own:
// who sends from there again shares that peer's room in the quarantine instead of a stranger's
// (node/flow/quarantine_source.h).
#pragma once

#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// A network counts for so long after the last mail from it.
inline constexpr std::chrono::hours kPeerNetworkAge{30 * 24};
// Hosts and networks: more than a large provider of mail sends from; beyond, the one that was
// silent longest goes.
inline constexpr std::size_t kMaxPeerNetworks = 512;

// Verified mail of the peer came from there. Writes at most once a day for each network, so that
// it costs mail nothing. `network` is its text, at most 64 octets.
void note_peer_network(WriteTransaction& txn, const Fingerprint& peer, std::string_view network,
                       Time now);

// Whose mail came from there within kPeerNetworkAge, at most `limit`.
std::vector<Fingerprint> peers_of_network(const ReadTransaction& txn, std::string_view network,
                                          Time now, std::size_t limit);

// Forgets at most `limit` that have not counted for a while; how many.
std::size_t purge_peer_networks(WriteTransaction& txn, Time now, std::size_t limit);

}  // namespace culvert::store
