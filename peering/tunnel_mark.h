// Whether opened mail may be called the peer's own (formats.md, "Received"). Internal to peering.
#pragma once

#include <string_view>

#include "peering/tunnel_open.h"

namespace culvert::peering {

// Sets `mark`, `expected_tunnel` and `why` of mail whose seal was verified; `header` is that of the
// original. `signed=yes` has three conditions: the seal says that the peer's people, or its node,
// wrote the mail; it has one From address; and that one is of a domain whose route in use the peer
// holds. Otherwise every domain that a reader might take for the author's is asked, because an odd
// From must not hide whose it claims to be. Errors of `context.holders_of`.
Status set_mark(std::string_view header, const OpenContext& context, OpenedTunnelMail& mail);

// True if a route in use of that peer covers the domain, and it is not ours. Errors of
// `context.holders_of`.
Result<bool> is_of_peer(const Domain& domain, const OpenContext& context, const Fingerprint& peer);

}  // namespace culvert::peering
