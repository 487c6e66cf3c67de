// The host name of a client: what the DNS calls its address, if that name leads back to the address
// (RFC 1912, 2.1; Postfix calls it a verified name). Anybody can have their address called
// `mail.a.example`; only a.example can make that name lead back to it.
#pragma once

#include "node/net/callback.h"
#include "node/net/network.h"
#include "node/net/resolver.h"
#include "node/smtp/shown_client.h"

namespace culvert::node {

// Calls back once: at once for an address that is not public, else in the resolver's thread.
// `resolver` must outlive the answer.
void find_client_name(Resolver& resolver, const IpAddress& address, Callback<ClientName> on_name);

// The name that has the PTR records of that address: `1.2.0.192.in-addr.arpa` (RFC 1035, 3.5), or
// 32 digits below `ip6.arpa` (RFC 3596, 2.5).
std::string reverse_name(const IpAddress& address);

}  // namespace culvert::node
