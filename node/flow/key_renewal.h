// Renews the node's tunnel certificates and removes keys that open nothing any more (protocol.md,
// "Rollover"). `serve` does so by itself; `culvert cert renew` at once. Blocking.
#pragma once

#include "store/store.h"

namespace culvert::node {

enum class Renewal {
  if_due,
  now,  // an administrator wants it, because a key may be known to others
};

// Issues a new pair, for signing and for encryption, with new keys, and commits it. The old pair
// stays: a partner gets signatures by the new one once it took the card that lists it. False if
// nothing was due.
// permanent `too-many-certificates` if `now` is asked for so often that no card could list them
// all; permanent `no-identity`; permanent `clock` if the identity is not valid at `now`; errors of
// the store.
Result<bool> renew_tunnel_keys(store::Store& store, Time now, Renewal renewal);

// Removes the keys that are no longer needed (peering::key_may_go, which says what `now` must be).
// Their certificates stay: mail for one of them is told as such. Returns how many.
Result<std::size_t> remove_old_keys(store::Store& store, Time now);

}  // namespace culvert::node
