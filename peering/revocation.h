// What an identity revokes of its own, for ever: certificates, by their keys, or itself. Cards list
// it; the document `revoke` tells the same without a card, so that one signed in advance works when
// the node is gone (protocol.md, "Revocation").
//
// Members (frozen): version, type "revoke", sender, issued, revoked [fingerprints of keys, hex; at
// most kMaxRevoked]. Like a card it is for everybody: no receiver, no id, and it never ends.
#pragma once

#include <vector>

#include "peering/document.h"
#include "store/store.h"
#include "store/transaction.h"

namespace culvert::peering {

struct Revocation {
  Fingerprint sender;
  std::vector<Fingerprint> revoked{};
};
// Signs one. internal errors of the ring.
Result<Bytes> sign_revocation(const std::vector<Fingerprint>& revoked, const IdentitySigner& signer,
                              Time now);
// permanent `bad-document`.
Result<Revocation> read_revocation(const VerifiedDocument& document);

// Remembers it, whether or not the sender is a peer. An identity that revokes itself is removed and
// never comes back. True if anything changed.
bool take_revocation(store::WriteTransaction& txn, const Revocation& revocation, Time now);

// This node's own keys that are revoked. They are on its card, and are used no more.
std::vector<Fingerprint> own_revoked(const store::ReadTransaction& txn, const Fingerprint& own);

}  // namespace culvert::peering
