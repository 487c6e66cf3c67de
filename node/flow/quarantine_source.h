// Where sealed mail comes from, as far as that can be told before anything is opened: which shares
// of the quarantine it may take (quarantine_room.h).
//
//   A client by its network: an IPv4 /24 or an IPv6 /48, which is what one organisation or one
//   customer of a provider gets (RFC 6177), so that changing the address within it gains nothing.
//   A network from which mail of a peer's own came within 30 days has the share of that peer's
//   hosts; the address itself (IPv6: its /64) has the peer's own share beside, and its neighbours,
//   who may be anybody, have not. Several peers that send through one provider share its
//   addresses, and with whoever else sends from these.
//   Behind a named edge (`smtp.outside.networks`) every client is the edge. There the domain of the
//   outer sender counts, and a peer's domain has that peer's shares: the edge is trusted to check
//   senders (SPF, DMARC), as nobody else can. A stranger whom it lets pass under a peer's domain
//   fills the share of that peer's hosts, and then the peer's, and nobody else's. Mail without a
//   sender has one share for each edge.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/flow/flow_context.h"
#include "node/net/connection_limit.h"
#include "node/net/network.h"
#include "store/messages.h"

namespace culvert::node {

// Peers of one address, and of one network, that are asked for room: more behind one provider share
// what these have.
inline constexpr std::size_t kMaxPeersOfNetwork = 16;

// The address in what a message knows of its client, `name [address]`; none if there is none.
std::optional<std::string> address_in(const std::string& client);

// `192.0.2.0/24`.
std::string source_network(const IpAddress& client);

// The shares that may hold mail from there, in the order in which they are asked; at least one.
// `client` is the address as text, without port.
std::vector<store::QuarantineShare> shares_for(const FlowContext& context,
                                               const std::string& client,
                                               const ReversePath& sender);
// The same of a message that was taken.
std::vector<store::QuarantineShare> shares_for(const FlowContext& context,
                                               const store::Message& message);

// Known if mail of a paired peer's own came from that address within 30 days, a neighbour if from
// its network: places are kept for them while strangers take all others
// (node/net/connection_limit.h). Reads the store and the routing, for each connection; any thread.
// A stranger if it cannot be read.
Standing standing_of(const FlowContext& context, const IpAddress& client);

// Its name for logs.
std::string source_text(const store::QuarantineShare& share);

// What to remember when the message turned out to be a peer's, `192.0.2.7/32` and `192.0.2.0/24`;
// nothing behind an edge, whose address is everybody's. To be noted in this order: where that
// displaces the network, it is noted again.
std::vector<std::string> places_to_note(const FlowContext& context, const store::Message& message);

}  // namespace culvert::node
