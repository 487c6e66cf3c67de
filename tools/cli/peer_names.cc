#include "tools/cli/peer_names.h"

#include <fmt/format.h>

#include "crypto/base/log.h"

namespace culvert::cli {

std::string peer_name(const store::ReadTransaction& txn, const Fingerprint& fingerprint) {
  // Reading a broken record fails the transaction, and people must still see the rest.
  const bool whole =
      txn.held(store::Table::peers, fingerprint.view()) == store::ReadTransaction::Held::whole;
  const auto peer = whole ? store::find_peer(txn, fingerprint) : std::nullopt;
  return peer && !peer->name.empty() ? peer->name : fingerprint.hex();
}

std::vector<std::string> domains_of(const store::ReadTransaction& txn,
                                    const Fingerprint& fingerprint) {
  std::vector<std::string> domains;
  for (const store::Route& route : store::routes_of_peer(txn, fingerprint)) {
    if (route.state != store::RouteState::withdrawn) domains.push_back(route.domain.text());
  }
  return domains;
}

std::string route_advice(const store::Route& route) {
  const std::string domain = route.domain.text();
  switch (route.state) {
    case store::RouteState::claimed:
      if (route.rejected) return "rejected; `culvert route approve " + domain + "` takes that back";
      return route.named ? "waits for its first proof"
                         : "nobody here named it; mail for it goes as if there were no peer until "
                           "`culvert route approve " +
                               domain + "`";
    case store::RouteState::proving:
      return "a challenge is under way; mail for it goes as if there were no peer";
    case store::RouteState::proved:
      return "proved, but nobody here named it: `culvert route approve " + domain +
             "`; until then mail for it goes as if there were no peer";
    case store::RouteState::active:
      return route.released ? "released: mail for it goes as if there were no peer"
                            : "in use: mail for it is sealed";
    case store::RouteState::degraded:
      return "mail for it waits in the queue; ask the partner, then `culvert route prove " +
             domain + "`";
    case store::RouteState::paused:
      return "mail for it waits in the queue until `culvert peer resume`";
    case store::RouteState::conflict:
      return "another peer has this domain in use; mail for it is not changed by this one "
             "(`culvert "
             "route reject " +
             domain + "` ends the warning)";
    case store::RouteState::withdrawn:
      return route.released ? "released: mail for it goes as if there were no peer"
                            : "mail for it waits until another route for the domain is active, or "
                              "`culvert route release " +
                                  domain + "` lets it go by policy";
  }
  return {};
}

std::string both_incarnations(const store::Peer& peer) {
  const store::ContestedCard& other = peer.contested;
  if (other.incarnation.empty()) return {};
  const auto from = [](const std::string& address) {
    return address.empty() ? std::string("an unknown address") : printable(address, 200);
  };
  if (other.incarnation == peer.incarnation) {
    return fmt::format("  one card of {} from {}\n  another of {}, seen at {} from {}\n",
                       to_rfc3339(peer.card_issued), from(peer.card_address),
                       to_rfc3339(other.issued), to_rfc3339(other.seen), from(other.address));
  }
  return fmt::format(
      "  incarnation {}: the present one; its last card is of {}, from {}\n"
      "  incarnation {}: the other one; its card is of {}, seen at {} from {}\n",
      to_hex(peer.incarnation), to_rfc3339(peer.card_issued), from(peer.card_address),
      to_hex(other.incarnation), to_rfc3339(other.issued), to_rfc3339(other.seen),
      from(other.address));
}

std::string optional_time(const std::optional<Time>& time) {
  return time ? to_rfc3339(*time) : std::string();
}

}  // namespace culvert::cli
