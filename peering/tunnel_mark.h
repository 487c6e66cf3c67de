// Whether opened mail may be called the peer's own (protocol.md, "Received"). Internal to peering.
#pragma once

#include <string_view>

#include "peering/tunnel_open.h"

namespace culvert::peering {

// Sets `mark`, `expected_tunnel` and `why` of mail whose seal was verified; `header` is the
// original's. `signed=yes` has three conditions: the seal says that the peer's people, or its node,
// wrote the mail; the mail has one From address; and the peer holds a route in use for its domain
// and for every other domain that a reader might take for part of the author's address. Otherwise
// `expected_tunnel` depends on all these domains, because an odd From must not hide whose address
// it claims. Sender and Resent-From are not looked at: they name who sent the mail, not its author
// (RFC 5322, 3.6.2 and 3.6.6), and a program that shows a mark must show From beside it. Errors of
// `context.holders_of`.
Status set_mark(std::string_view header, const OpenContext& context, OpenedTunnelMail& mail);

// True if that peer has a route in use for the domain, and the domain is not ours. Errors of
// `context.holders_of`.
Result<bool> is_of_peer(const Domain& domain, const OpenContext& context, const Fingerprint& peer);

}  // namespace culvert::peering
