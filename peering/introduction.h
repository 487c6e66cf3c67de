// Pairing without a code: by domain or by file (protocol.md, "Pairing"). Each side stores the
// other's card as *unconfirmed*. Then both administrators compare the number that the two nodes
// have in common, over a way of their own, and each types it in. Inside transactions.
#pragma once

#include <string>
#include <vector>

#include "peering/peer_changes.h"

namespace culvert::peering {

// The number that two nodes have in common: 60 digits in twelve groups of five. Its halves are the
// first six groups of each node's fingerprint_digits, the smaller half first, so both nodes show
// the same.
std::string common_number(const Fingerprint& one, const Fingerprint& other);

// Whether `typed` is that number; blanks and other separators do not matter.
bool is_number(std::string_view typed, std::string_view number);

struct Introduction {
  store::PeerOrigin origin = store::PeerOrigin::file;  // or domain
  std::string address;                                 // where the card came from, for people
  std::vector<Domain> named;                           // by our administrator
};
// Stores the sender of a verified card as unconfirmed, in place of what was stored of it
// unconfirmed before. Nothing is sealed for it, and nothing of it is opened. permanent
// `paired-already`; `removed-peer` if the identity is revoked; `not-its-domain` if a named domain
// does not count on the card; `card-refused`.
Status introduce(store::WriteTransaction& txn, const ReadCard& card, const Introduction& how,
                 const CardRules& rules);

// The administrator has compared the number: the peer is paired from now on, also if the identity
// was removed before. permanent `not-unconfirmed`, `removed-peer` if it is revoked.
Status confirm_peer(store::WriteTransaction& txn, const Fingerprint& peer, Time now);

}  // namespace culvert::peering
