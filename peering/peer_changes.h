// What an accepted card, a pairing or a removal changes in the store: the peer, its certificates,
// its routes. Every function works inside one write transaction and does nothing else, so a closure
// that calls it may run again. Any thread that holds a transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peering/card_acceptance.h"
#include "store/peers.h"
#include "store/transaction.h"

namespace culvert::peering {

// What we hold of the sender of `card`, for judge_card; nothing for an identity without a card.
std::optional<KnownCard> known_card(const store::ReadTransaction& txn, const Card& card);

// How a pairing came about.
struct Pairing {
  store::PeerOrigin origin = store::PeerOrigin::invited_by_us;
  std::string address;        // from where, for people
  std::vector<Domain> named;  // domains that an administrator here named for this peer
};

// Pairs with the sender of a first (or newer) card that the code vouched for, or pairs once more
// with a peer that is known: the names are united. permanent `removed-peer` for an identity with a
// tombstone, `card-refused` for a card that is not accepted.
Status pair_with(store::WriteTransaction& txn, const ReadCard& card, const Pairing& pairing,
                 const CardRules& rules);

// A card from a peer that is paired or paused; changes nothing unless it is accepted. The verdict
// says what happened. A card that proves a copied key holds outbound mail. An identity that revokes
// itself is removed. Cards of anybody else are `refused`.
CardJudgement take_card(store::WriteTransaction& txn, const ReadCard& card, const CardRules& rules);

// For the start of `serve`: a program that did not know of tunnel forms stored the peers' cards
// without looking for them, and a peer sends no new card because we look again.
void read_tunnel_forms_of_cards(store::WriteTransaction& txn);

// `peer remove`: terminal. A tombstone stays, every route is withdrawn, pending proofs go.
// permanent `not-found`.
Status remove_peer(store::WriteTransaction& txn, const Fingerprint& peer, std::string_view reason,
                   Time now);

// The peer that `name` means: one of its domains, its node name, or at least 16 hexadecimal digits
// of its fingerprint. Removed peers are found by their fingerprint alone. permanent `not-found`,
// `ambiguous`.
Result<store::Peer> find_peer_by_name(const store::ReadTransaction& txn, std::string_view name);

// Done if messages from this identity are to be acted on: a peer that is paired or paused, without
// tombstone. permanent `unknown-peer`.
Result<store::Peer> find_trusted_peer(const store::ReadTransaction& txn, const Fingerprint& sender);

}  // namespace culvert::peering
