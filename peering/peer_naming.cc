// Which peer an administrator means by a name.
#include <algorithm>

#include "crypto/base/log.h"
#include "peering/peer_changes.h"
#include "store/routes.h"

namespace culvert::peering {
namespace {

using store::Peer;
using store::PeerState;

constexpr std::size_t kLeastFingerprintDigits = 16;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Lists those that the name fits, with what tells them apart.
Error ambiguous(std::string_view name, const std::vector<Peer>& found) {
  constexpr std::size_t kMostShown = 5;
  std::string list;
  for (std::size_t i = 0; i < std::min(found.size(), kMostShown); ++i) {
    const Peer& peer = found[i];
    list += (i == 0 ? "" : ", ") + peer.fingerprint.hex().substr(0, kLeastFingerprintDigits) +
            " (" + printable(peer.name, 80) + ", " + store::state_name(peer.state) + " since " +
            to_rfc3339(peer.since) + ")";
  }
  return permanent_error("ambiguous", "'" + printable(name, 80) + "' fits more than one peer: " +
                                          list + "; name it by the digits of its fingerprint");
}

bool is_called(const store::ReadTransaction& txn, const Peer& peer, std::string_view name) {
  if (name.size() >= kLeastFingerprintDigits && is_hex(name) &&
      peer.fingerprint.hex().starts_with(name)) {
    return true;
  }
  if (peer.name == name) return true;
  const auto domain = Domain::parse(name);
  if (!domain) return false;
  const auto route = store::find_route(txn, *domain, peer.fingerprint);
  // A domain that a living peer gave up is another's name.
  return route &&
         (peer.state == PeerState::removed || route->state != store::RouteState::withdrawn);
}

}  // namespace

Result<Peer> find_peer_by_name(const store::ReadTransaction& txn, std::string_view name) {
  std::vector<Peer> living;
  std::vector<Peer> removed;
  for (Peer& peer : store::list_peers(txn)) {
    if (!is_called(txn, peer, name)) continue;
    (peer.state == PeerState::removed ? removed : living).push_back(std::move(peer));
  }
  std::vector<Peer>& found = living.empty() ? removed : living;
  if (found.size() == 1) return std::move(found.front());
  if (found.empty()) {
    return permanent_error("not-found", "there is no peer '" + printable(name, 80) +
                                            "' (`culvert peer list` shows them)");
  }
  return ambiguous(name, found);
}

}  // namespace culvert::peering
