// Addresses from which validly signed messages of peers came lately. The peering port keeps places
// and a thread for them (Named attack: One address). Nothing is resolved and no URL is believed: an
// address counts because a peer's signature came from it. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "node/net/network.h"
#include "store/peers.h"

namespace culvert::node {

// For one peer, newest first: its nodes, and an old address while it moves. A peer that comes from
// more addresses pushes out its own older ones, nobody else's.
inline constexpr std::size_t kAddressesOfPeer = 4;

class KnownAddresses {
 public:
  // A message signed by `peer` came from there.
  void note(const Fingerprint& peer, const IpAddress& from);
  // An IPv6 address stands for its /64.
  bool contains(const IpAddress& client) const;
  // Takes in what is stored about peers that are paired or paused, and forgets the addresses of all
  // others.
  void refresh(const std::vector<store::Peer>& peers);

  // What to store (store::Peer::seen_from), by peer. Each change is handed out once.
  using Changes = std::map<Fingerprint, std::vector<std::string>>;
  Changes take_changes();

 private:
  void rebuild();

  mutable std::mutex mutex_;
  std::map<Fingerprint, std::vector<IpAddress>> of_peer_;
  std::set<Fingerprint> changed_;
  std::set<IpAddress> all_;
};

}  // namespace culvert::node
