#include "tools/cli/acceptance_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "crypto/base/log.h"
#include "peering/acceptance.h"
#include "store/peers.h"
#include "store/routes.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kMostNamed = 5;

// "c.example, d.example and 3 more".
std::string listed(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kMostNamed);
  const std::vector<std::string> first(names.begin(), names.begin() + static_cast<long>(shown));
  std::string text = joined(first);
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

// What the peer said of one of our domains, or that it said nothing.
struct NotAccepted {
  std::string name;
  std::string why;
};

// Whether an administrator there has to say something. A rejected domain had its word.
bool waits_for_a_person(const store::DomainAcceptance& told, Time now) {
  if (peering::is_accepted(told) || told.state == peering::kRejectedWord) return false;
  const bool is_decided = told.state == store::state_name(store::RouteState::proved) ||
                          told.state == store::state_name(store::RouteState::conflict);
  return is_decided || now >= told.since + kAcceptancePatience;
}

std::vector<NotAccepted> not_accepted(const store::HeardAcceptance& heard,
                                      const std::vector<Domain>& own, Time now) {
  std::vector<NotAccepted> out;
  for (const store::DomainAcceptance& told : heard.domains) {
    const bool is_ours = std::find(own.begin(), own.end(), told.domain) != own.end();
    if (!is_ours || !waits_for_a_person(told, now)) continue;
    out.push_back({told.domain.text(), told.state + ": " + told.reason});
  }
  return out;
}

bool accepts_any(const store::HeardAcceptance& heard, const std::vector<Domain>& own) {
  return std::any_of(own.begin(), own.end(), [&heard](const Domain& domain) {
    return std::any_of(heard.domains.begin(), heard.domains.end(), [&domain](const auto& told) {
      return told.domain == domain && peering::is_accepted(told);
    });
  });
}

std::vector<std::string> names_of(const std::vector<NotAccepted>& all) {
  std::vector<std::string> names;
  for (const NotAccepted& one : all)
    names.push_back(fmt::format("{} ({})", one.name, printable(one.why, 200)));
  return names;
}

std::optional<std::string> warning_of_ours(const store::ReadTransaction& txn,
                                           const store::Peer& peer, const std::vector<Domain>& own,
                                           Time now) {
  if (!peer.tells_acceptance) return std::nullopt;
  const auto heard = store::find_heard_acceptance(txn, peer.fingerprint);
  if (!heard) {
    if (now < peer.since + kAcceptancePatience) return std::nullopt;
    return fmt::format(
        "peer {} has not told which of this node's domains it accepts, so mail for it waits: does "
        "its node run, and reach this one?",
        printable(peer.name));
  }
  const auto missing = not_accepted(*heard, own, now);
  if (missing.empty()) return std::nullopt;
  const std::string then = accepts_any(*heard, own)
                               ? "mail from there goes under another domain, without the mark of "
                                 "its sender's organisation"
                               : "mail for it waits, because it accepts no other domain either";
  return fmt::format(
      "peer {} does not accept {}: {}; its administrator has to run `culvert route approve {}`",
      printable(peer.name), listed(names_of(missing)), then,
      missing.size() == 1 ? missing.front().name : "DOMAIN");
}

std::optional<std::string> warning_of_theirs(const store::ReadTransaction& txn,
                                             const store::Peer& peer) {
  std::vector<std::string> names;
  for (const store::Route& route : store::routes_of_peer(txn, peer.fingerprint)) {
    const bool is_claim = route.state == store::RouteState::claimed && !route.named &&
                          !route.approved && !route.rejected && !route.active_since;
    if (is_claim) names.push_back(route.domain.text());
  }
  if (names.empty()) return std::nullopt;
  const std::string domain = names.size() == 1 ? names.front() : "DOMAIN";
  return fmt::format(
      "peer {} also serves {}, which nobody here named: until `culvert route approve {}` mail for "
      "it goes as if there were no peer, and mail from it has no mark of its organisation "
      "(`culvert route reject {}` ends this warning)",
      printable(peer.name), listed(names), domain, domain);
}

}  // namespace

std::vector<std::string> acceptance_warnings(const store::ReadTransaction& txn,
                                             const std::vector<Domain>& own, Time now) {
  std::vector<std::string> lines;
  for (const store::Peer& peer : store::list_peers(txn)) {
    if (!store::is_partner(peer.state) || store::find_tombstone(txn, peer.fingerprint)) continue;
    if (auto line = warning_of_ours(txn, peer, own, now)) lines.push_back(*std::move(line));
    if (auto line = warning_of_theirs(txn, peer)) lines.push_back(*std::move(line));
  }
  return lines;
}

}  // namespace culvert::cli
