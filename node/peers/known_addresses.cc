#include "node/peers/known_addresses.h"

#include <algorithm>

namespace culvert::node {
namespace {

std::vector<IpAddress> addresses_of(const store::Peer& peer) {
  std::vector<IpAddress> out;
  for (const std::string& text : peer.seen_from) {
    const auto address = IpAddress::parse(text);
    if (address && out.size() < kAddressesOfPeer) out.push_back(*address);
  }
  return out;
}

}  // namespace

void KnownAddresses::note(const Fingerprint& peer, const IpAddress& from) {
  const IpAddress counted = from.as_counted();
  const std::lock_guard lock(mutex_);
  std::vector<IpAddress>& known = of_peer_[peer];
  const auto at = std::find(known.begin(), known.end(), counted);
  if (at != known.end()) {
    std::rotate(known.begin(), at, at + 1);
    return;
  }
  known.insert(known.begin(), counted);
  if (known.size() > kAddressesOfPeer) known.pop_back();
  changed_.insert(peer);
  rebuild();
}

bool KnownAddresses::contains(const IpAddress& client) const {
  const std::lock_guard lock(mutex_);
  return all_.contains(client.as_counted());
}

void KnownAddresses::refresh(const std::vector<store::Peer>& peers) {
  const std::lock_guard lock(mutex_);
  std::map<Fingerprint, std::vector<IpAddress>> fresh;
  for (const store::Peer& peer : peers) {
    if (!store::is_partner(peer.state)) continue;
    const auto held = of_peer_.find(peer.fingerprint);
    fresh[peer.fingerprint] = held == of_peer_.end() ? addresses_of(peer) : std::move(held->second);
  }
  of_peer_ = std::move(fresh);
  rebuild();
}

KnownAddresses::Changes KnownAddresses::take_changes() {
  const std::lock_guard lock(mutex_);
  Changes changes;
  for (const Fingerprint& peer : changed_) {
    const auto held = of_peer_.find(peer);
    if (held == of_peer_.end()) continue;
    for (const IpAddress& address : held->second)
      changes[peer].push_back(address.text());
  }
  changed_.clear();
  return changes;
}

void KnownAddresses::rebuild() {
  all_.clear();
  for (const auto& [peer, addresses] : of_peer_)
    all_.insert(addresses.begin(), addresses.end());
}

}  // namespace culvert::node
