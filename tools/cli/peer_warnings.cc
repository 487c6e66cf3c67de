#include "tools/cli/peer_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "crypto/base/log.h"
#include "crypto/keys/certificate.h"
#include "node/delivery/retry_schedule.h"
#include "node/peers/peer_clocks.h"
#include "store/invitations.h"
#include "store/peers.h"
#include "store/queue.h"
#include "store/routes.h"
#include "store/waiting.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Lines = std::vector<std::string>;

// How many destinations one run looks at, and how far in the future an entry may be due.
constexpr std::size_t kDestinations = 10'000;
constexpr std::chrono::hours kFarFuture{10 * 365 * 24};
// How many entries one run looks at for attempts, in all: about 0.1 s.
constexpr std::size_t kLookedThrough = 50'000;
// Longer than a destination ever rests, so it was tried meanwhile.
constexpr std::chrono::seconds kLongOverdue = node::kLongestRetryDelay + std::chrono::minutes(5);

void warn_of_reach(const store::Peer& peer, Time now, Lines& lines) {
  if (!peer.unreachable_since) return;
  lines.push_back(fmt::format("peer {} cannot be reached since {} ({}): {}", printable(peer.name),
                              to_rfc3339(*peer.unreachable_since),
                              relative_time(*peer.unreachable_since, now),
                              printable(peer.unreachable_why, 400)));
}

void warn_of_card(const store::Peer& peer, Time now, Lines& lines) {
  if (peer.card_expires >= now + kCardSoon) return;
  const bool is_over = peer.card_expires < now;
  lines.push_back(fmt::format(
      "the card of peer {} {} {}, and no newer one came{}: does its node run, and reach this one?",
      printable(peer.name), is_over ? "ended" : "ends", relative_time(peer.card_expires, now),
      is_over ? "; mail for it waits" : ""));
}

void warn_of_clock(const store::Peer& peer, Lines& lines) {
  if (!peer.clock_measured || std::chrono::abs(peer.clock_ahead) < node::kClockWarning) return;
  lines.push_back(fmt::format(
      "the clock of peer {} is {} this node's (measured at {}): one of the two is wrong, and mail "
      "sealed by it is held or refused",
      printable(peer.name), node::clock_difference_text(peer.clock_ahead),
      to_rfc3339(*peer.clock_measured)));
}

void warn_of_refusal(const store::Peer& peer, Lines& lines) {
  if (peer.card_trouble.empty()) return;
  lines.push_back(fmt::format("peer {} does not take this node's card: {}", printable(peer.name),
                              printable(peer.card_trouble, 400)));
}

// Looks at the certificate that lasts longest among those that the peer's card lists for this use.
void warn_of_certificates(const std::vector<Bytes>& all, const char* use, const store::Peer& peer,
                          Time now, Lines& lines) {
  std::optional<Time> last;
  for (const Bytes& der : all) {
    const auto certificate = crypto::Certificate::from_der(der);
    if (certificate) last = std::max(last.value_or(Time{}), certificate->not_after());
  }
  if (!last || *last >= now + kPeerCertificateSoon) return;
  lines.push_back(fmt::format(
      "the newest {} certificate of peer {} {} {}; its administrator must see why there is no "
      "newer",
      use, printable(peer.name), *last < now ? "ended" : "ends", relative_time(*last, now)));
}

void warn_of_own_card(const store::ReadTransaction& txn, Time now, Lines& lines) {
  const auto card = store::own_card(txn);
  if (!card || card->card.empty() || card->expires >= now + kCardSoon) return;
  lines.push_back(fmt::format(
      "this node's own card {} {} and was not renewed; `culvert serve` does so, and its log says "
      "why it could not",
      card->expires < now ? "ended" : "ends", relative_time(card->expires, now)));
}

// True if a challenge was not taken, or nobody answered it, for longer than kProofPatience. Before
// the first proof, a challenge that was not taken counts at once.
bool is_failing(const store::Route& route, Time now) {
  if (route.state == store::RouteState::withdrawn || route.state == store::RouteState::conflict) {
    return false;
  }
  if (route.failing_since) {
    return !route.active_since || now >= *route.failing_since + kProofPatience;
  }
  const bool is_answered =
      !route.challenged || (route.proved && *route.proved >= *route.challenged);
  return !is_answered && now >= *route.challenged + kProofPatience;
}

void warn_of_proof(const store::Route& route, Time now, Lines& lines) {
  if (!is_failing(route, now)) return;
  const Time since = route.failing_since.value_or(route.challenged.value_or(now));
  std::string why = route.challenge.reply.empty() ? std::string("no answer came")
                                                  : "the last reply was: " + route.challenge.reply;
  lines.push_back(
      fmt::format("the proof of route {} fails since {} ({}): {}; see: culvert route "
                  "show {}",
                  route.domain.text(), to_rfc3339(since), relative_time(since, now),
                  printable(why, 400), route.domain.text()));
}

bool is_active(const store::ReadTransaction& txn, const std::string& destination) {
  const auto domain = Domain::parse(destination);
  if (!domain) return false;
  const auto routes = store::routes_of_domain(txn, *domain);
  return std::any_of(routes.begin(), routes.end(),
                     [](const auto& r) { return r.state == store::RouteState::active; });
}

struct WaitingSince {
  Time since{};
  std::string why;
};

// Since when mail for a destination waits, and why. `first` is the entry that is due the longest.
// If it does not tell, the entries that were tried instead do: a failing destination is tried with
// one mail at a time. `left`: how many entries may still be looked at.
std::optional<WaitingSince> waits_since(const store::ReadTransaction& txn,
                                        const store::QueueEntry& first, Time now,
                                        std::size_t& left) {
  if (first.attempts >= store::kAttemptsThatTell && !first.reason.empty()) {
    return WaitingSince{first.created, first.reason};
  }
  if (first.next_attempt + store::kOverdue > now) return std::nullopt;
  const auto last = store::last_attempts(txn, first.path, first.destination, left);
  left -= last.looked_at;
  if (last.attempts >= store::kAttemptsThatTell) {
    return WaitingSince{std::min(first.created, last.created), last.reason};
  }
  if (first.next_attempt + kLongOverdue > now) return std::nullopt;
  return WaitingSince{first.created,
                      first.reason.empty() ? "the first of it was not tried yet" : first.reason};
}

// Warns of sealed mail for a destination that twice took none. Mail for a route that is not active
// waits for another reason, which has its own warning.
void warn_of_waiting(const store::ReadTransaction& txn, Time now, Lines& lines) {
  store::DueScan scan;
  scan.now = now + kFarFuture;
  scan.per_destination = 1;
  scan.destinations = kDestinations;
  scan.path = store::DeliveryPath::tunnel;
  std::size_t left = kLookedThrough;
  for (const store::DueDestination& found : store::scan_due(txn, scan).destinations) {
    const auto entry = store::find_entry(txn, found.entries.front());
    if (!entry || !is_active(txn, found.destination)) continue;
    const auto waits = waits_since(txn, *entry, now, left);
    if (!waits) continue;
    lines.push_back(fmt::format("mail for {} waits since {} ({}): {}", found.destination,
                                to_rfc3339(waits->since), relative_time(waits->since, now),
                                printable(waits->why, 400)));
  }
}

}  // namespace

std::vector<std::string> peer_warnings(const store::ReadTransaction& txn, Time now) {
  Lines lines;
  warn_of_own_card(txn, now, lines);
  for (const store::Peer& peer : store::list_peers(txn)) {
    if (!store::is_partner(peer.state) || store::find_tombstone(txn, peer.fingerprint)) continue;
    warn_of_reach(peer, now, lines);
    warn_of_card(peer, now, lines);
    warn_of_clock(peer, lines);
    warn_of_refusal(peer, lines);
    warn_of_certificates(peer.encryption_certificates, "encryption", peer, now, lines);
    warn_of_certificates(peer.signing_certificates, "signing", peer, now, lines);
    if (peer.state != store::PeerState::paired) continue;
    for (const store::Route& route : store::routes_of_peer(txn, peer.fingerprint))
      warn_of_proof(route, now, lines);
  }
  warn_of_waiting(txn, now, lines);
  return lines;
}

}  // namespace culvert::cli
