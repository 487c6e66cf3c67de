// Makes, numbers, keeps and renews this node's own card. The serial grows by one with every change
// and is committed with the card before anybody sees it (protocol.md, "What must hold").
#pragma once

#include <string>
#include <vector>

#include "peering/card.h"
#include "store/invitations.h"
#include "store/transaction.h"

namespace culvert::peering {

// What the card says besides serial and dates. Certificates are newest first.
struct OwnFacts {
  std::string node;
  std::vector<Domain> domains;
  std::vector<std::string> urls;
  std::vector<crypto::Certificate> signing;
  std::vector<crypto::Certificate> encryption;
  Capabilities capabilities;
  std::vector<Fingerprint> revoked{};  // of this node's own keys
};

// Partners seal to the newest. The one before it serves those whose clock is so slow that the
// newest has not begun for them. Its key stays, so more of them would only make the card larger.
inline constexpr std::size_t kListedEncryption = 2;

// Puts the stored tunnel certificates that are valid at `now` into `facts`, newest first: all that
// sign, because partners take signatures only by what is on the card, and kListedEncryption of the
// others; and the revoked keys of the identity `own`, whose certificates are left out. They count
// as announced once the card is committed.
void add_stored_certificates(const store::ReadTransaction& txn, const Fingerprint& own, Time now,
                             OwnFacts& facts);

// A random incarnation, for `init`.
Incarnation new_incarnation();

// `peer renew`: the next card begins a new incarnation. Peers then prove this node's domains anew.
// permanent `no-card` if this node has no card yet.
Status begin_incarnation(store::WriteTransaction& txn);

// Gives the stored card if it says the same as `facts` and is younger than kCardRenewal. Otherwise
// stores a new card under the next serial in this transaction; its octets may be used only after
// the commit. A store without a card gets serial 1 and a new incarnation. permanent `bad-card`.
Result<store::OwnCard> renew_own_card(store::WriteTransaction& txn, const OwnFacts& facts,
                                      const IdentitySigner& signer, Time now);

}  // namespace culvert::peering
