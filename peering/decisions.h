// What administrators decide about routes and peers (protocol.md, "Routes"). Each inside one write
// transaction; the texts of the errors say what to do.
#pragma once

#include <optional>
#include <vector>

#include "peering/route_changes.h"

namespace culvert::peering {

// Names the domain for the peer that claims it, takes a rejection or a release back, and has the
// route proved if its proof is not fresh. Returns the route as it is then. `peer` is needed if
// several peers claim the domain. permanent `not-found`; `ambiguous`; `conflict` if another peer
// has the domain in use.
Result<store::Route> approve_route(store::WriteTransaction& txn, const Domain& domain,
                                   const std::optional<Fingerprint>& peer, Time now);

// Nobody proves the peer's claim of the domain from now on, until it is approved. permanent
// `not-found`, `ambiguous`; `in-use` for a route that is, or was, in use: that is for release.
Result<store::Route> reject_route(store::WriteTransaction& txn, const Domain& domain,
                                  const std::optional<Fingerprint>& peer, Time now);

// From now on mail to the domain goes by policy, as if there were no peer; it may go in clear.
// Returns the routes that held it. permanent `not-found`; `not-held` if none did.
Result<std::vector<store::Route>> release_domain(store::WriteTransaction& txn, const Domain& domain,
                                                 Time now);

// Mail for the peer waits, and what it seals is still opened. permanent `not-paired`.
Status pause_peer(store::WriteTransaction& txn, const Fingerprint& peer, Time now);

// Ends a pause, and the hold after a copy of the peer's key was seen. If the two cards were of
// different incarnations, `chosen` (its octets, or none) says which is the partner's: the present
// one goes on, or the next card of the other one takes its place, and its domains are proved anew.
// permanent `not-paired`; `not-held` if the peer is neither paused nor held; `which` if a choice is
// needed, or has a wrong size.
Status resume_peer(store::WriteTransaction& txn, const Fingerprint& peer, ByteView chosen,
                   Time now);

}  // namespace culvert::peering
