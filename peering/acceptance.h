// The document `routes`: which of a peer's domains are proved and allowed here (protocol.md,
// "Accepted domains"). The peer seals people's mail only under such domains, so none of it gets
// stuck here. The whole list each time, never a difference.
//
// Members (frozen):
//   serial    grows strictly with every change, so that an older list never replaces a newer one
//   card, incarnation   of the receiver's card that the sender holds: acknowledges cards that went
//             by mail
//   domains   list of at most kMaxCardDomains objects:
//     domain
//     state    a word of store::state_name(RouteState), or "rejected"
//     reason   one line, for people; optional
// A reader ignores items with a state that it does not know, and domains that it does not serve.
#pragma once

#include <vector>

#include "peering/card.h"
#include "peering/document.h"
#include "store/acceptance.h"
#include "store/peers.h"
#include "store/store.h"
#include "store/transaction.h"

namespace culvert::peering {

// The word in `capabilities.documents` of a card whose node sends and takes this document.
inline constexpr std::string_view kRoutesDocument = "routes";

// The state of a domain that an administrator rejected.
inline constexpr std::string_view kRejectedWord = "rejected";

struct RoutesDocument {
  std::uint64_t serial = 0;
  std::uint64_t card = 0;
  Incarnation incarnation{};
  std::vector<store::DomainAcceptance> domains{};
};
Result<Bytes> sign_routes(const DocumentHead& head, const RoutesDocument& routes,
                          const IdentitySigner& signer);
// permanent `bad-document`.
Result<RoutesDocument> read_routes(const VerifiedDocument& document);

// What the peer is to be told as things stand. Serial 0 if nothing was noted for it yet.
RoutesDocument routes_to_tell(const store::ReadTransaction& txn, const store::Peer& peer);

// Takes a list from a paired or paused peer. A list that is older than the last one changes
// nothing. True if anything changed.
bool take_routes(store::WriteTransaction& txn, const Fingerprint& sender,
                 const RoutesDocument& routes, Time now);

// Takes the `routes` with which a peer answered a document of ours. True if anything
// changed. permanent `unexpected-document` and the errors of
// verify_document, check_head and read_routes for anything else; `unknown-peer`; errors of the
// store.
struct ExpectedAnswer {
  Fingerprint from;      // the peer that was asked
  Fingerprint receiver;  // this node
  Time now;
};
Result<bool> take_routes_answer(store::Store& store, ByteView answer,
                                const ExpectedAnswer& expected);

// True for the states in which mail under the domain is opened and marked there.
bool is_accepted(const store::DomainAcceptance& domain);

// Those of `own` that the peer accepts. Nothing if the peer does not tell (its node is older): then
// mail is sealed under any of them.
std::optional<std::vector<Domain>> accepted_domains(const store::ReadTransaction& txn,
                                                    const store::Peer& peer);

}  // namespace culvert::peering
