#include "peering/acceptance.h"

#include <algorithm>
#include <map>

#include "crypto/base/log.h"
#include "peering/card.h"
#include "peering/peer_changes.h"
#include "peering/routes.h"
#include "store/invitations.h"
#include "store/routes.h"

namespace culvert::peering {
namespace {

constexpr std::size_t kMaxReasonOctets = 200;
constexpr std::size_t kMaxStateOctets = 40;
// Serials are kept in 63 bits. They begin at the time in seconds, so no honest node gets there.
constexpr std::uint64_t kMaxSerial = std::uint64_t{1} << 62;

Error bad_document(std::string text) { return permanent_error("bad-document", std::move(text)); }

store::DomainAcceptance acceptance_of(const store::Route& route) {
  const bool is_rejected = route.rejected && !is_in_use(route.state);
  return {route.domain,
          is_rejected ? std::string(kRejectedWord) : std::string(store::state_name(route.state)),
          printable(route.reason, kMaxReasonOctets), route.since};
}

JsonWriter item_of(const store::DomainAcceptance& acceptance) {
  JsonWriter item;
  item.text("domain", acceptance.domain.text()).text("state", acceptance.state);
  if (!acceptance.reason.empty()) item.text("reason", acceptance.reason);
  return item;
}

Result<store::DomainAcceptance> read_item(const JsonObject& members) {
  const auto text = members.text("domain");
  if (!text) return text.error();
  auto domain = Domain::parse(*text);
  if (!domain) return domain.error();
  if (domain->text() != *text) return bad_document("'domain' is not canonical");
  const auto state = members.text("state");
  if (!state) return state.error();
  store::DomainAcceptance item{*std::move(domain), printable(*state, kMaxStateOctets), {}, {}};
  if (members.has("reason")) {
    const auto reason = members.text("reason");
    if (!reason) return reason.error();
    item.reason = printable(*reason, kMaxReasonOctets);
  }
  return item;
}

// States that were told before have been so since then.
std::vector<store::DomainAcceptance> with_times(std::vector<store::DomainAcceptance> domains,
                                                const std::optional<store::HeardAcceptance>& before,
                                                Time now) {
  std::map<Domain, const store::DomainAcceptance*> known;
  if (before) {
    for (const store::DomainAcceptance& old : before->domains)
      known.emplace(old.domain, &old);
  }
  for (store::DomainAcceptance& domain : domains) {
    const auto old = known.find(domain.domain);
    const bool is_same = old != known.end() && old->second->state == domain.state;
    domain.since = is_same ? old->second->since : now;
  }
  return domains;
}

void prove_named(store::WriteTransaction& txn, const Fingerprint& peer, Time now) {
  for (store::Route& route : store::routes_of_peer(txn, peer)) {
    if (!route.named || route.active_since || !route.challenged) continue;
    route.prove_requested = now;
    store::put_route(txn, route);
  }
}

// What the peer holds. It can only hold cards that exist.
bool take_acknowledgement(store::WriteTransaction& txn, store::Peer& peer,
                          const RoutesDocument& routes) {
  const auto own = store::own_card(txn);
  const std::uint64_t card = routes.card;
  if (!own || card > own->serial) return false;
  if (!std::ranges::equal(own->incarnation, routes.incarnation)) return false;
  const store::Peer before = peer;
  // Also if it is older than what the peer took: its store was put back, say. Then it gets our card
  // again.
  peer.taken_serial = card;
  peer.card_sent_serial = card;
  if (card == own->serial) peer.card_trouble.clear();
  if (peer == before) return false;
  store::put_peer(txn, peer);
  return true;
}

}  // namespace

Result<Bytes> sign_routes(const DocumentHead& head, const RoutesDocument& routes,
                          const IdentitySigner& signer) {
  JsonWriter writer = begin_document(DocumentType::routes, head);
  writer.number("serial", routes.serial).number("card", routes.card);
  writer.text("incarnation", to_hex(routes.incarnation));
  for (const store::DomainAcceptance& acceptance : routes.domains)
    writer.add_object("domains", item_of(acceptance));
  if (routes.domains.empty()) writer.texts("domains", {});
  return sign_document(writer, signer, head.time);
}

Result<RoutesDocument> read_routes(const VerifiedDocument& document) {
  if (document.type() != DocumentType::routes) return bad_document("not a list of routes");
  const JsonObject& members = document.members();
  const auto serial = members.number("serial");
  if (!serial) return serial.error();
  if (*serial == 0 || *serial > kMaxSerial) return bad_document("a wrong serial");
  const auto card = members.number("card");
  if (!card) return card.error();
  const auto objects = members.objects("domains", kMaxCardDomains);
  if (!objects) return objects.error();
  const auto digits = members.text("incarnation");
  if (!digits) return digits.error();
  const auto incarnation = document_id_from_hex(*digits);
  if (!incarnation) return bad_document("'incarnation' is not 32 hexadecimal digits");
  RoutesDocument routes{*serial, *card, *incarnation, {}};
  for (const JsonObject& object : *objects) {
    auto item = read_item(object);
    if (!item) return item.error();
    routes.domains.push_back(*std::move(item));
  }
  return routes;
}

RoutesDocument routes_to_tell(const store::ReadTransaction& txn, const store::Peer& peer) {
  RoutesDocument routes{store::acceptance_serial(txn, peer.fingerprint), peer.serial, {}, {}};
  std::copy_n(peer.incarnation.begin(),
              std::min(peer.incarnation.size(), routes.incarnation.size()),
              routes.incarnation.begin());
  for (const store::Route& route : store::routes_of_peer(txn, peer.fingerprint))
    routes.domains.push_back(acceptance_of(route));
  return routes;
}

bool take_routes(store::WriteTransaction& txn, const Fingerprint& sender,
                 const RoutesDocument& routes, Time now) {
  auto peer = store::find_peer(txn, sender);
  if (!peer) return false;
  const auto before = store::find_heard_acceptance(txn, sender);
  if (before && routes.serial < before->serial) return false;
  const bool acknowledges = take_acknowledgement(txn, *peer, routes);
  if (before && routes.serial == before->serial) return acknowledges;
  // It takes our documents now: what it refused before it had confirmed the pairing is sent again.
  if (!before) prove_named(txn, sender, now);
  store::put_heard_acceptance(
      txn, {sender, routes.serial, now, with_times(routes.domains, before, now)});
  // Its card may have been stored by a program that did not know the word yet.
  if (!peer->tells_acceptance) {
    peer->tells_acceptance = true;
    store::put_peer(txn, *peer);
  }
  return true;
}

Result<bool> take_routes_answer(store::Store& store, ByteView answer,
                                const ExpectedAnswer& expected) {
  const auto document = verify_document(answer);
  if (!document) return document.error();
  if (document->head().sender != expected.from)
    return permanent_error("unexpected-document", "the answer is another's");
  const ExpectedDocument routes_for_us{DocumentType::routes, expected.receiver, expected.now};
  if (const Status fit = check_head(*document, routes_for_us); !fit) return fit.error();
  const auto routes = read_routes(*document);
  if (!routes) return routes.error();
  bool changes = false;
  const Status written = store.write([&](store::WriteTransaction& txn) -> Status {
    if (auto peer = find_trusted_peer(txn, expected.from); !peer) return peer.error();
    changes = take_routes(txn, expected.from, *routes, expected.now);
    return done();
  });
  if (!written) return written.error();
  return changes;
}

bool is_accepted(const store::DomainAcceptance& domain) {
  using enum store::RouteState;
  for (const store::RouteState state : {active, degraded, paused}) {
    if (domain.state == store::state_name(state)) return true;
  }
  return false;
}

std::optional<std::vector<Domain>> accepted_domains(const store::ReadTransaction& txn,
                                                    const store::Peer& peer) {
  if (!peer.tells_acceptance) return std::nullopt;
  std::vector<Domain> accepted;
  const auto heard = store::find_heard_acceptance(txn, peer.fingerprint);
  if (!heard) return accepted;
  for (const store::DomainAcceptance& domain : heard->domains) {
    if (is_accepted(domain)) accepted.push_back(domain.domain);
  }
  return accepted;
}

}  // namespace culvert::peering
