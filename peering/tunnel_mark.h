// Whether opened mail may be called the peer's own (protocol.md, "Received"). Internal to peering.
#pragma once

#include <string_view>

#include "peering/tunnel_open.h"

namespace culvert::peering {

// Sets `mark`, `expected_tunnel` and `why` of mail whose seal was verified; `header` is that of the
// original. `signed=yes` has three conditions: the seal says that the peer's people, or its node,
// wrote the mail; it has one From address; and that one, with every other domain that a reader
// might take for part of the author's address, is of a domain whose route in use the peer holds.
// Otherwise all these domains are asked, because an odd From must not hide whose it claims to be.
// Sender and Resent-From are not looked at: they name who sent the mail, not its author (RFC
// 5322, 3.6.2 and 3.6.6), and whoever shows a mark must show From beside it. Errors of
// `context.holders_of`.
Status set_mark(std::string_view header, const OpenContext& context, OpenedTunnelMail& mail);

// True if a route in use of that peer covers the domain, and it is not ours. Errors of
// `context.holders_of`.
Result<bool> is_of_peer(const Domain& domain, const OpenContext& context, const Fingerprint& peer);

}  // namespace culvert::peering
