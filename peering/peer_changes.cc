#include "peering/peer_changes.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "peering/acceptance.h"
#include "peering/form_choice.h"
#include "peering/proof.h"
#include "peering/route_changes.h"
#include "store/invitations.h"

namespace culvert::peering {
namespace {

using store::Peer;
using store::PeerState;

std::vector<Bytes> ders_of(const std::vector<crypto::Certificate>& certificates,
                           const store::ReadTransaction& txn, const Fingerprint& peer) {
  std::vector<Bytes> out;
  for (const crypto::Certificate& certificate : certificates) {
    if (!store::is_revoked(txn, peer, certificate.key_id().view()))
      out.push_back(certificate.der());
  }
  return out;
}

// What `note_capabilities` looks for. It grows when that does.
constexpr std::uint64_t kCapabilitiesRead = 1;

void note_capabilities(const Capabilities& capabilities, Peer& peer) {
  peer.capabilities_read = kCapabilitiesRead;
  const auto& documents = capabilities.documents;
  peer.tells_acceptance =
      std::find(documents.begin(), documents.end(), kRoutesDocument) != documents.end();
  peer.tunnel_forms = capabilities.tunnel;
  peer.ever_listed_form_2 = peer.ever_listed_form_2 || lists_present_form(capabilities.tunnel);
}

// A store that was put back may count from an earlier number.
void begin_acceptance_anew(store::WriteTransaction& txn, const Fingerprint& peer) {
  auto heard = store::find_heard_acceptance(txn, peer);
  if (!heard) return;
  heard->serial = 0;
  store::put_heard_acceptance(txn, *heard);
}

// Makes an accepted card the peer's current one. The caller has judged it.
void apply_card(store::WriteTransaction& txn, Peer& peer, const ReadCard& received,
                const CardJudgement& judged, const CardRules& rules) {
  const Time now = rules.now;
  const Card& card = received.card;
  const crypto::Sha256 digest = crypto::sha256(received.document.content());
  const bool is_new_incarnation = !std::equal(card.incarnation.begin(), card.incarnation.end(),
                                              peer.incarnation.begin(), peer.incarnation.end());
  const bool is_first = peer.incarnation.empty();
  store::note_incarnation(txn, card.sender, card.incarnation, card.issued);
  unite_revoked(txn, card.sender, card.revoked, now);
  peer.name = printable(card.node);
  peer.identity_certificate = card.identity.der();
  peer.card = received.document.message();
  peer.serial = card.serial;
  peer.incarnation.assign(card.incarnation.begin(), card.incarnation.end());
  peer.card_issued = card.issued;
  peer.card_expires = card.expires;
  peer.card_digest.assign(digest.begin(), digest.end());
  peer.urls = card.urls;
  peer.signing_certificates = ders_of(judged.signing, txn, card.sender);
  peer.encryption_certificates = ders_of(judged.encryption, txn, card.sender);
  peer.largest_message_bytes = card.capabilities.max_message_bytes;
  note_capabilities(card.capabilities, peer);
  peer.ignored_domains = judged.ignored;
  peer.card_address = rules.address;
  peer.last_seen = now;
  // The peer is back: try at once whether it can be reached, not when its turn comes.
  if (peer.unreachable_since) peer.card_tried.reset();
  if (is_new_incarnation) {
    if (std::ranges::equal(peer.chosen_incarnation, card.incarnation)) peer.outbound_held.clear();
    peer.chosen_incarnation.clear();
    if (peer.outbound_held.empty()) peer.contested = {};
  }
  store::put_peer(txn, peer);
  take_domains(txn, peer, judged.domains, now);
  if (is_new_incarnation && !is_first) {
    begin_acceptance_anew(txn, card.sender);
    doubt_routes(txn, card.sender, now);
  }
  // The list acknowledges the card.
  store::note_acceptance_news(txn, card.sender, now);
  if (store::is_revoked(txn, card.sender, card.sender.view())) {
    static_cast<void>(
        remove_peer(txn, card.sender, Removal::by_peer, "its identity was revoked", now));
  }
}

void unite_names(Peer& peer, const std::vector<Domain>& named) {
  for (const Domain& domain : named) {
    if (std::find(peer.named.begin(), peer.named.end(), domain) == peer.named.end()) {
      peer.named.push_back(domain);
    }
  }
}

// The card may have been renewed while the pairing was under way; then the peer gets that one soon.
void note_given_card(const store::ReadTransaction& txn, ByteView given, Peer& peer) {
  const auto own = store::own_card(txn);
  const bool is_current =
      own && std::equal(own->card.begin(), own->card.end(), given.begin(), given.end());
  if (is_current) peer.taken_serial = own->serial;
}

void hold_peer(store::WriteTransaction& txn, store::Peer& peer, const Card& other,
               const std::string& why, const CardRules& rules) {
  // The card that is shown is the first of its incarnation that was seen.
  const bool is_known = !peer.outbound_held.empty() &&
                        std::ranges::equal(peer.contested.incarnation, other.incarnation);
  if (is_known) return;
  peer.outbound_held = "a copy of its key is in use: " + why;
  peer.contested = {Bytes(other.incarnation.begin(), other.incarnation.end()), other.issued,
                    rules.now, rules.address};
  peer.chosen_incarnation.clear();
  store::put_peer(txn, peer);
}

// A tombstone stops cards, not people; nothing brings a revoked identity back.
Status may_pair(const store::ReadTransaction& txn, const Fingerprint& sender,
                const Pairing& pairing) {
  if (store::is_revoked(txn, sender, sender.view())) {
    return permanent_error("removed-peer", "that identity is revoked, and never comes back");
  }
  const auto tombstone = store::find_tombstone(txn, sender);
  if (!tombstone || pairing.agreed >= tombstone->since) return done();
  return permanent_error("removed-peer",
                         "this identity was removed from this node after the code was made; only a "
                         "new code pairs them again");
}

// A card of another incarnation than the last of a removed peer: which of them was the partner's
// does not matter any more, since people agreed on it anew.
CardJudgement judge_pairing(const store::ReadTransaction& txn, const ReadCard& card,
                            const CardRules& rules) {
  const auto known = known_card(txn, card.card);
  const auto tombstone = store::find_tombstone(txn, card.card.sender);
  const bool is_anew = tombstone && known && card.card.incarnation != known->incarnation &&
                       card.card.issued >= tombstone->since;
  return judge_card(card, is_anew ? std::nullopt : known, rules);
}

// A code names the domains, whatever was said of them before.
void forget_decisions(store::WriteTransaction& txn, const Fingerprint& peer,
                      const std::vector<Domain>& named) {
  for (const Domain& domain : named) {
    auto route = store::find_route(txn, domain, peer);
    if (!route || !route->rejected) continue;
    route->rejected = false;
    store::put_route(txn, *route);
  }
}

// What was decided about a peer before it was removed counts no more.
void begin_anew(store::WriteTransaction& txn, Peer& peer, Time now) {
  const auto tombstone = store::find_tombstone(txn, peer.fingerprint);
  if (tombstone) peer.ended_before = tombstone->since;
  store::remove_tombstone(txn, peer.fingerprint);
  peer.paired = now;
  peer.named.clear();
  peer.goodbye_due.reset();
  peer.outbound_held.clear();
  peer.contested = {};
  store::put_heard_acceptance(txn, {peer.fingerprint, 0, now, {}});
  for (store::Route& route : store::routes_of_peer(txn, peer.fingerprint)) {
    route.named = route.approved = route.rejected = false;
    route.proved.reset();
    store::put_route(txn, route);
  }
}

}  // namespace

bool revokes_itself(const Card& card) {
  return std::find(card.revoked.begin(), card.revoked.end(), card.sender) != card.revoked.end();
}

bool unite_revoked(store::WriteTransaction& txn, const Fingerprint& sender,
                   const std::vector<Fingerprint>& all, Time now) {
  if (all.empty()) return false;
  bool changed = false;
  std::size_t count = store::list_revoked(txn, sender).size();
  for (const Fingerprint& revoked : all) {
    if (store::is_revoked(txn, sender, revoked.view())) continue;
    if (++count > kMaxRevoked && revoked != sender) continue;
    store::note_revoked(txn, sender, revoked.view(), now);
    changed = true;
  }
  return changed;
}

std::optional<KnownCard> known_card(const store::ReadTransaction& txn, const Card& card) {
  const auto peer = store::find_peer(txn, card.sender);
  if (!peer || peer->card.empty()) return std::nullopt;
  KnownCard known;
  known.serial = peer->serial;
  known.issued = peer->card_issued;
  const std::size_t size = std::min(known.incarnation.size(), peer->incarnation.size());
  std::copy_n(peer->incarnation.begin(), size, known.incarnation.begin());
  const std::size_t digest_size = std::min(known.content_digest.size(), peer->card_digest.size());
  std::copy_n(peer->card_digest.begin(), digest_size, known.content_digest.begin());
  known.incarnation_since =
      store::find_incarnation(txn, card.sender, peer->incarnation).value_or(peer->card_issued);
  known.incarnation_seen = store::find_incarnation(txn, card.sender, card.incarnation).has_value();
  const auto times = store::incarnation_times(txn, card.sender);
  known.incarnations = times.size();
  for (const Time began : times)
    known.newest_incarnation = std::max(known.newest_incarnation, began);
  known.resumed = peer->resumed;
  if (peer->chosen_incarnation.size() == known.incarnation.size()) {
    known.chosen.emplace();
    std::copy(peer->chosen_incarnation.begin(), peer->chosen_incarnation.end(),
              known.chosen->begin());
    known.chosen_since = peer->chosen_since;
  }
  return known;
}

Status pair_with(store::WriteTransaction& txn, const ReadCard& card, const Pairing& pairing,
                 const CardRules& rules) {
  const Fingerprint& sender = card.card.sender;
  if (const Status may = may_pair(txn, sender, pairing); !may) return may;
  CardJudgement judged = judge_pairing(txn, card, rules);
  const bool is_repeated = judged.verdict == CardVerdict::repeated;
  if (is_repeated) judged = judge_card(card, std::nullopt, rules);
  if (judged.verdict != CardVerdict::accepted) {
    return permanent_error("card-refused", "the card was not accepted: " + judged.reason);
  }
  const Time now = rules.now;
  Peer peer;
  if (auto known = store::find_peer(txn, sender)) {
    peer = *std::move(known);
  } else {
    peer.fingerprint = sender;
    peer.paired = now;
  }
  if (!store::is_partner(peer.state)) {
    const bool was_removed = store::find_tombstone(txn, sender).has_value();
    if (pairing.is_confirmed && was_removed) begin_anew(txn, peer, now);
    if (!pairing.is_confirmed) peer.named.clear();
    peer.state = pairing.is_confirmed ? PeerState::paired : PeerState::unconfirmed;
    peer.origin = pairing.origin;
    peer.since = now;
  }
  if (pairing.is_confirmed) peer.paired = now;
  peer.address = pairing.address;
  unite_names(peer, pairing.named);
  note_given_card(txn, pairing.given, peer);
  forget_decisions(txn, sender, pairing.named);
  if (is_repeated) {
    store::put_peer(txn, peer);
    take_domains(txn, peer, judged.domains, now);
  } else {
    apply_card(txn, peer, card, judged, rules);
  }
  if (store::is_revoked(txn, sender, sender.view())) {
    return permanent_error("removed-peer", "the peer revoked its identity");
  }
  if (!pairing.replaces) return done();
  for (const Domain& domain : pairing.named)
    begin_replacement(txn, {domain, sender}, now);
  return done();
}

Status confirm_pairing(store::WriteTransaction& txn, Peer& peer, Time now) {
  Pairing pairing;
  pairing.agreed = now;
  if (const Status may = may_pair(txn, peer.fingerprint, pairing); !may) return may;
  const std::vector<Domain> named = peer.named;
  begin_anew(txn, peer, now);
  peer.named = named;
  peer.state = PeerState::paired;
  peer.since = now;
  store::put_peer(txn, peer);
  std::vector<Domain> domains;
  for (store::Route& route : store::routes_of_peer(txn, peer.fingerprint)) {
    route.next_proof = now + kFirstChallengeDelay;
    route.challenged.reset();
    store::put_route(txn, route);
    if (route.state != store::RouteState::withdrawn) domains.push_back(route.domain);
  }
  take_domains(txn, peer, domains, now);
  store::note_acceptance_news(txn, peer.fingerprint, now);
  return done();
}

CardJudgement take_card(store::WriteTransaction& txn, const ReadCard& card,
                        const CardRules& rules) {
  auto peer = find_trusted_peer(txn, card.card.sender);
  if (!peer) {
    CardJudgement refused;
    refused.reason = peer.error().text;
    return refused;
  }
  CardJudgement judged = judge_card(card, known_card(txn, card.card), rules);
  if (revokes_itself(card.card)) {
    // Whoever has the key may have made newer cards, so the order does not matter.
    unite_revoked(txn, card.card.sender, card.card.revoked, rules.now);
    static_cast<void>(remove_peer(txn, card.card.sender, Removal::by_peer,
                                  "its identity was revoked", rules.now));
    judged.verdict = CardVerdict::accepted;
  } else if (judged.verdict == CardVerdict::accepted) {
    apply_card(txn, *peer, card, judged, rules);
  } else if (judged.verdict == CardVerdict::copied_key) {
    hold_peer(txn, *peer, card.card, judged.reason, rules);
  }
  return judged;
}

void read_capabilities_of_cards(store::WriteTransaction& txn, Time now) {
  for (Peer& peer : store::list_peers(txn)) {
    if (peer.capabilities_read == kCapabilitiesRead || peer.card.empty()) continue;
    const auto card = open_card(peer.card);
    if (!card) continue;
    note_capabilities(card->card.capabilities, peer);
    store::put_peer(txn, peer);
    store::note_acceptance_news(txn, peer.fingerprint, now);
  }
}

Status remove_peer(store::WriteTransaction& txn, const Fingerprint& fingerprint, Removal removal,
                   std::string_view reason, Time now) {
  auto peer = store::find_peer(txn, fingerprint);
  if (!peer) return permanent_error("not-found", "there is no such peer");
  if (peer->state == PeerState::removed) return done();
  peer->state = PeerState::removed;
  peer->since = now;
  if (removal == Removal::by_us) peer->goodbye_due = now;
  store::put_peer(txn, *peer);
  store::put_tombstone(txn, {fingerprint, now, std::string(reason)});
  for (const store::Route& route : store::routes_of_peer(txn, fingerprint)) {
    const auto event =
        removal == Removal::by_us ? RouteEvent::peer_removed : RouteEvent::said_goodbye;
    change_route(txn, {route.domain, fingerprint}, event, now);
  }
  for (const auto role : {store::ProofRole::verifying, store::ProofRole::answering}) {
    for (const store::Proof& proof : store::proofs_of_peer(txn, role, fingerprint)) {
      store::remove_proof(txn, role, fingerprint, proof.id);
    }
  }
  return done();
}

Result<Peer> find_trusted_peer(const store::ReadTransaction& txn, const Fingerprint& sender) {
  auto peer = store::find_peer(txn, sender);
  const bool trusted =
      peer && store::is_partner(peer->state) && !store::find_tombstone(txn, sender);
  if (!trusted) return permanent_error("unknown-peer", "the sender is not a paired peer");
  return *std::move(peer);
}

}  // namespace culvert::peering
