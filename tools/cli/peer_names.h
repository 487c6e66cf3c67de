// Peers and routes as commands show them.
#pragma once

#include <string>
#include <vector>

#include "store/peers.h"
#include "store/routes.h"
#include "store/transaction.h"

namespace culvert::cli {

// The node name of a peer, or its fingerprint if the peer is not in the store.
std::string peer_name(const store::ReadTransaction& txn, const Fingerprint& fingerprint);

// The domains of the peer's routes, except withdrawn ones.
std::vector<std::string> domains_of(const store::ReadTransaction& txn,
                                    const Fingerprint& fingerprint);

// What the route's state means and what to do about it, for people: one line, no full stop.
std::string route_advice(const store::Route& route);

// The incarnations of a peer whose mail is held, with times and addresses: one line each, or none.
std::string both_incarnations(const store::Peer& peer);

// RFC 3339, or empty if there is no time.
std::string optional_time(const std::optional<Time>& time);

}  // namespace culvert::cli
