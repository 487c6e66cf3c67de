// Addresses from which peers' rightly signed messages came lately: for them the peering port keeps
// places and a thread (Named attack: One address). Nothing is resolved, no URL is believed: an
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

// Of one peer, newest first: its nodes, and an old address while it moves. A peer that comes from
// more pushes out its own older ones, nobody else's.
inline constexpr std::size_t kAddressesOfPeer = 4;

class KnownAddresses {
 public:
  // A message that `peer` signed came from there.
  void note(const Fingerprint& peer, const IpAddress& from);
  // An IPv6 address stands for its /64.
  bool contains(const IpAddress& client) const;
  // Takes in what is stored of peers that are paired or paused, and forgets those of all others.
  void refresh(const std::vector<store::Peer>& peers);

  // What is to be stored (store::Peer::seen_from), by peer; each change is handed out once.
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
