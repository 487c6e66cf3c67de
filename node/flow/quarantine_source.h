// Where sealed mail comes from, as far as that can be told before it is opened: which shares of the
// quarantine it may take (quarantine_room.h).
//
//   A client counts by its network: an IPv4 /24 or an IPv6 /48, which is what one organisation or
//   one customer of a provider gets (RFC 6177), so changing the address within it gains nothing.
//   If a peer's own mail came from a network within 30 days, the network has the share of that
//   peer's hosts. The address itself (IPv6: its /64) has the peer's own share as well; its
//   neighbours, who may be anybody, do not. Several peers that send through one provider share its
//   addresses, also with anybody else who sends from there.
//   Behind a named edge (`smtp.outside.networks`) every client is the edge. There the domain of the
//   outer sender counts, and a peer's domain has that peer's shares: the edge is trusted to check
//   senders (SPF, DMARC), since nobody else can. If it lets a stranger pass under a peer's domain,
//   the stranger fills the share of that peer's hosts and then the peer's, and nobody else's. Mail
//   without a sender has one share for each edge.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/flow/flow_context.h"
#include "node/net/connection_limit.h"
#include "node/net/network.h"
#include "store/messages.h"

namespace culvert::node {

// How many peers of one address, or of one network, are asked for room. If more peers use one
// provider, they share the room of these.
inline constexpr std::size_t kMaxPeersOfNetwork = 16;

// The address in a message's record of its client, `name [address]`; nothing if there is none.
std::optional<std::string> address_in(const std::string& client);

// `192.0.2.0/24`.
std::string source_network(const IpAddress& client);

// The shares that may hold mail from there, in the order in which they are asked; at least one.
// `client` is the address as text, without port.
std::vector<store::QuarantineShare> shares_for(const FlowContext& context,
                                               const std::string& client,
                                               const ReversePath& sender);
// The same for a message that was taken.
std::vector<store::QuarantineShare> shares_for(const FlowContext& context,
                                               const store::Message& message);

// Known if a paired peer's own mail came from that address within 30 days, a neighbour if it came
// from the address's network, a stranger if the store cannot be read. Places are kept for the first
// two while strangers take all others (node/net/connection_limit.h). Reads the store and the
// routing for each connection; any thread.
Standing standing_of(const FlowContext& context, const IpAddress& client);

// The name of a share for logs.
std::string source_text(const store::QuarantineShare& share);

// What to remember when a message turns out to be a peer's: `192.0.2.7/32` and `192.0.2.0/24`.
// Nothing behind an edge, whose address is everybody's. Note them in this order: if the address
// displaces the network, the network is noted again.
std::vector<std::string> places_to_note(const FlowContext& context, const store::Message& message);

}  // namespace culvert::node
