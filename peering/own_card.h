// This node's own card: made, numbered, kept and renewed. The serial grows by one with every change
// and is committed with the card before anybody sees it (protocol.md, "What must hold").
#pragma once

#include <string>
#include <vector>

#include "peering/card.h"
#include "store/invitations.h"
#include "store/transaction.h"

namespace culvert::peering {

// What the card says beside serial and dates. Certificates newest first.
struct OwnFacts {
  std::string node;
  std::vector<Domain> domains;
  std::vector<std::string> urls;
  std::vector<crypto::Certificate> signing;
  std::vector<crypto::Certificate> encryption;
  Capabilities capabilities;
};

// The certificates of tunnel use in the store that are valid at `now`, newest first, into `facts`.
// They count as announced from the commit of the card on.
void add_stored_certificates(const store::ReadTransaction& txn, Time now, OwnFacts& facts);

// A random incarnation, for `init`.
Incarnation new_incarnation();

// The stored card if it says the same as `facts` and is younger than kCardRenewal; otherwise a new
// one under the next serial, stored in this transaction. Its octets may be used once that is
// committed. A store without a card gets serial 1 and a new incarnation. permanent `bad-card`.
Result<store::OwnCard> renew_own_card(store::WriteTransaction& txn, const OwnFacts& facts,
                                      const IdentitySigner& signer, Time now);

}  // namespace culvert::peering
