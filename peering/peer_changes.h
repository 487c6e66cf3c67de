// What an accepted card, a pairing or a removal changes in the store: the peer, its certificates
// and its routes. Every function works inside one write transaction and has no other effect, so a
// closure that calls it may run again. Any thread that holds a transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peering/card_acceptance.h"
#include "store/peers.h"
#include "store/transaction.h"

namespace culvert::peering {

// What we know of the sender of `card`, for judge_card; nothing for an identity without a card.
std::optional<KnownCard> known_card(const store::ReadTransaction& txn, const Card& card);

// True if the card revokes the identity that signed it: that counts whatever its number.
bool revokes_itself(const Card& card);
// Unites the revoked keys of all that the sender ever signed, up to the limit of one card. The
// identity itself counts beyond the limit. True if any was new.
bool unite_revoked(store::WriteTransaction& txn, const Fingerprint& sender,
                   const std::vector<Fingerprint>& revoked, Time now);

// How a pairing came about.
struct Pairing {
  store::PeerOrigin origin = store::PeerOrigin::invited_by_us;
  std::string address;        // where it came from, for people
  std::vector<Domain> named;  // domains that an administrator here named for this peer
  ByteView given;             // our signed card that the peer gets with this pairing
  // The named domains are taken from whoever has them in use, once they are proved.
  bool replaces = false;
  // An administrator gave, or used, the code after this: an identity that was removed before it may
  // come back.
  Time agreed{};
  // False: the administrators still have to compare the common number (introduction.h).
  bool is_confirmed = true;
};

// Pairs with the sender of a first (or newer) card that the code vouched for. Pairing again with a
// known peer unites the names; a removed one begins anew. permanent `removed-peer` for an identity
// that was removed after `agreed`, or that is revoked, `card-refused` for a card that is not
// accepted.
Status pair_with(store::WriteTransaction& txn, const ReadCard& card, const Pairing& pairing,
                 const CardRules& rules);

// Ends the waiting of an unconfirmed peer. permanent `removed-peer` for a revoked identity.
Status confirm_pairing(store::WriteTransaction& txn, store::Peer& peer, Time now);

// Takes a card from a peer that is paired or paused. The verdict says what happened. An accepted
// card replaces the stored one. A card that proves a copied key holds outbound mail. Any other
// changes nothing. An identity that revokes itself is removed. Cards of anybody else are `refused`.
CardJudgement take_card(store::WriteTransaction& txn, const ReadCard& card, const CardRules& rules);

// For the start of `serve`: an older program stored the peers' cards without reading all of their
// capabilities, and a peer does not send its card again because this node was updated.
void read_capabilities_of_cards(store::WriteTransaction& txn, Time now);

// Who ended the pairing.
enum class Removal {
  by_us,    // `peer remove`: the peer is to be told
  by_peer,  // it said goodbye, or revoked its identity
};
// A tombstone stays, every route is withdrawn, and pending proofs are deleted. permanent
// `not-found`.
Status remove_peer(store::WriteTransaction& txn, const Fingerprint& peer, Removal removal,
                   std::string_view reason, Time now);

// The peer that `name` means: one of its domains, its node name, or the first 16 or more
// hexadecimal digits of its fingerprint. A removed peer is meant only if the name fits no other.
// permanent `not-found`, `ambiguous`.
Result<store::Peer> find_peer_by_name(const store::ReadTransaction& txn, std::string_view name);

// The peer, if messages from this identity may be acted on: it is paired or paused and has no
// tombstone. permanent `unknown-peer`.
Result<store::Peer> find_trusted_peer(const store::ReadTransaction& txn, const Fingerprint& sender);

}  // namespace culvert::peering
