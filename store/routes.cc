#include "store/routes.h"

#include <algorithm>

#include "store/record.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of Route. Frozen.
enum : std::uint32_t {
  kDomain = 1,
  kPeer = 2,
  kState = 3,
  kSince = 4,
  kReason = 5,
  kNamed = 6,
  kApproved = 7,
  kRejected = 8,
  kActiveSince = 9,
  kReleased = 10,
  kWithdrawn = 11,
  kBeforePause = 12,
  kProveRequested = 13,
  kChallenged = 14,
  kProved = 15,
  kFailingSince = 16,
  kNextProof = 17,
  kProofFailures = 18,
  kTxtSince = 19,
  // 20 to 59 are kept for others.
  kChallengeProof = 60,
  kChallengeMail = 61,
  kChallengeReply = 62,
  kChallengeReplied = 63,
  kChallengeNextTry = 64,
  kChallengeByHttps = 65,
  kReplaces = 66,
  kReplaceUntil = 67,
};

Bytes route_key(const ReadTransaction& txn, const Domain& domain, const Fingerprint& peer) {
  return KeyWriter().bytes(txn.index(Table::routes, domain.text())).bytes(peer.view()).take();
}
Bytes peer_route_key(const ReadTransaction& txn, const Domain& domain, const Fingerprint& peer) {
  return KeyWriter().bytes(peer.view()).bytes(txn.index(Table::peer_routes, domain.text())).take();
}

// Keys do not show domains, so the order is made here.
void sort_by_domain(std::vector<Route>& routes) {
  std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) {
    return std::pair(a.domain, a.peer) < std::pair(b.domain, b.peer);
  });
}

}  // namespace

const char* state_name(RouteState state) {
  switch (state) {
    case RouteState::claimed:
      return "claimed";
    case RouteState::proving:
      return "proving";
    case RouteState::proved:
      return "proved";
    case RouteState::active:
      return "active";
    case RouteState::degraded:
      return "degraded";
    case RouteState::paused:
      return "paused";
    case RouteState::conflict:
      return "conflict";
    case RouteState::withdrawn:
      return "withdrawn";
  }
  return "";
}

Bytes encode(const Route& route) {
  return RecordWriter()
      .text(kDomain, route.domain.text())
      .bytes(kPeer, route.peer.view())
      .integer(kState, static_cast<std::int64_t>(route.state))
      .time(kSince, route.since)
      .text(kReason, route.reason)
      .flag(kNamed, route.named)
      .flag(kApproved, route.approved)
      .flag(kRejected, route.rejected)
      .time(kActiveSince, route.active_since)
      .time(kReleased, route.released)
      .time(kWithdrawn, route.withdrawn)
      .integer(kBeforePause, static_cast<std::int64_t>(route.before_pause))
      .time(kProveRequested, route.prove_requested)
      .time(kChallenged, route.challenged)
      .time(kProved, route.proved)
      .time(kFailingSince, route.failing_since)
      .time(kNextProof, route.next_proof)
      .integer(kProofFailures, route.proof_failures)
      .time(kTxtSince, route.txt_since)
      .bytes(kChallengeProof, route.challenge.proof)
      .bytes(kChallengeMail, route.challenge.mail)
      .text(kChallengeReply, route.challenge.reply)
      .time(kChallengeReplied, route.challenge.replied)
      .time(kChallengeNextTry, route.challenge.next_try)
      .text(kChallengeByHttps, route.challenge.by_https)
      .bytes(kReplaces, route.replaces ? route.replaces->view() : ByteView())
      .time(kReplaceUntil, route.replace_until)
      .take();
}

Result<Route> decode_route(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  auto domain = in->domain(kDomain);
  if (!domain) return in->status().error();
  Route route{.domain = std::move(*domain), .peer = in->fingerprint(kPeer)};
  route.state = in->choice(kState, RouteState::withdrawn);
  route.since = in->time_or_zero(kSince);
  route.reason = in->text(kReason);
  route.named = in->flag(kNamed);
  route.approved = in->flag(kApproved);
  route.rejected = in->flag(kRejected);
  route.active_since = in->time(kActiveSince);
  route.released = in->time(kReleased);
  route.withdrawn = in->time(kWithdrawn);
  route.before_pause = in->choice(kBeforePause, RouteState::withdrawn);
  route.prove_requested = in->time(kProveRequested);
  route.challenged = in->time(kChallenged);
  route.proved = in->time(kProved);
  route.failing_since = in->time(kFailingSince);
  route.next_proof = in->time(kNextProof);
  route.proof_failures = in->choice(kProofFailures, std::uint32_t{UINT32_MAX});
  route.txt_since = in->time(kTxtSince);
  const ByteView proof = in->bytes(kChallengeProof), mail = in->bytes(kChallengeMail);
  route.challenge = {Bytes(proof.begin(), proof.end()), Bytes(mail.begin(), mail.end()),
                     in->text(kChallengeReply),         in->time(kChallengeReplied),
                     in->time(kChallengeNextTry),       in->text(kChallengeByHttps)};
  if (!in->bytes(kReplaces).empty()) route.replaces = in->fingerprint(kReplaces);
  route.replace_until = in->time(kReplaceUntil);
  if (const Status ok = in->status(); !ok) return ok.error();
  return route;
}

void put_route(WriteTransaction& txn, const Route& route) {
  txn.put(Table::routes, route_key(txn, route.domain, route.peer), encode(route));
  txn.put(Table::peer_routes, peer_route_key(txn, route.domain, route.peer),
          as_bytes(route.domain.text()));
}

std::optional<Route> find_route(const ReadTransaction& txn, const Domain& domain,
                                const Fingerprint& peer) {
  return load<Route>(txn, Table::routes, route_key(txn, domain, peer), decode_route);
}

std::vector<Route> routes_of_domain(const ReadTransaction& txn, const Domain& domain) {
  const Bytes prefix = txn.index(Table::routes, domain.text());
  return load_all<Route>(txn, Table::routes, prefix, decode_route);
}

std::vector<Route> routes_of_peer(const ReadTransaction& txn, const Fingerprint& peer) {
  std::vector<Route> routes;
  each(txn, Table::peer_routes, peer.view(), peer.view(), [&](ByteView, ByteView text) {
    const auto domain = Domain::parse(as_text(text));
    auto route = domain ? find_route(txn, *domain, peer) : std::nullopt;
    if (route) routes.push_back(std::move(*route));
    return true;
  });
  sort_by_domain(routes);
  return routes;
}

std::vector<Route> list_routes(const ReadTransaction& txn) {
  std::vector<Route> routes = load_all<Route>(txn, Table::routes, {}, decode_route);
  sort_by_domain(routes);
  return routes;
}

bool remove_route(WriteTransaction& txn, const Domain& domain, const Fingerprint& peer) {
  txn.erase(Table::peer_routes, peer_route_key(txn, domain, peer));
  return txn.erase(Table::routes, route_key(txn, domain, peer));
}

}  // namespace culvert::store
