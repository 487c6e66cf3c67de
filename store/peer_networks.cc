#include "store/peer_networks.h"

#include "store/table.h"

namespace culvert::store {

namespace {

// Keys: 1, digest of the network, fingerprint; and 2, fingerprint, digest of the network. The value
// of both is the time(8) of the last mail. Frozen.
constexpr std::uint8_t kByNetwork = 1;
constexpr std::uint8_t kByPeer = 2;
constexpr std::size_t kPartOctets = 32;  // a digest, or a fingerprint
constexpr std::chrono::hours kNotedAgain{24};

// Made with the node key: there are so few networks that a plain digest could be guessed. As long
// as a fingerprint.
Bytes digest_of(const ReadTransaction& txn, std::string_view network) {
  Bytes digest = txn.index(Table::peer_networks, network);
  digest.resize(kPartOctets);
  return digest;
}

Bytes key_of(std::uint8_t order, ByteView first, ByteView second) {
  return KeyWriter().octet(order).bytes(first).bytes(second).take();
}

Bytes prefix_of(std::uint8_t order, ByteView first) {
  return KeyWriter().octet(order).bytes(first).take();
}

ByteView second_part(ByteView key) { return key.subspan(1 + kPartOctets); }

void forget(WriteTransaction& txn, ByteView network, ByteView peer) {
  txn.erase(Table::peer_networks, key_of(kByNetwork, network, peer));
  txn.erase(Table::peer_networks, key_of(kByPeer, peer, network));
}

// Makes room for one more.
void bound_networks_of(WriteTransaction& txn, const Fingerprint& peer) {
  std::size_t count = 0;
  Bytes oldest;
  Time oldest_time{};
  const Bytes prefix = prefix_of(kByPeer, peer.view());
  each(txn, Table::peer_networks, prefix, prefix, [&](ByteView key, ByteView value) {
    if (value.size() < 8) return true;
    const Time when = read_time(value);
    if (count++ == 0 || when < oldest_time) {
      oldest_time = when;
      const ByteView network = second_part(key);
      oldest.assign(network.begin(), network.end());
    }
    return true;
  });
  if (count >= kMaxPeerNetworks) forget(txn, oldest, peer.view());
}

}  // namespace

void note_peer_network(WriteTransaction& txn, const Fingerprint& peer, std::string_view network,
                       Time now) {
  const Bytes digest = digest_of(txn, network);
  const Bytes key = key_of(kByNetwork, digest, peer.view());
  const auto noted = txn.get(Table::peer_networks, key);
  if (noted && noted->size() == 8) {
    const Time last = read_time(*noted);
    // A time in the future comes from a clock that has gone back since.
    if (last <= now && now - last < kNotedAgain) return;
  } else {
    bound_networks_of(txn, peer);
  }
  const Bytes value = KeyWriter().time(now).take();
  txn.put(Table::peer_networks, key, value);
  txn.put(Table::peer_networks, key_of(kByPeer, peer.view(), digest), value);
}

std::vector<Fingerprint> peers_of_network(const ReadTransaction& txn, std::string_view network,
                                          Time now, std::size_t limit) {
  std::vector<Fingerprint> peers;
  const Bytes prefix = prefix_of(kByNetwork, digest_of(txn, network));
  each(txn, Table::peer_networks, prefix, prefix, [&](ByteView key, ByteView value) {
    const auto peer = Fingerprint::from_bytes(second_part(key));
    if (peer && value.size() == 8 && now - read_time(value) < kPeerNetworkAge) {
      peers.push_back(*peer);
    }
    return peers.size() < limit;
  });
  return peers;
}

std::size_t purge_peer_networks(WriteTransaction& txn, Time now, std::size_t limit) {
  std::vector<Bytes> old;
  const Bytes prefix{kByNetwork};
  each(txn, Table::peer_networks, prefix, prefix, [&](ByteView key, ByteView value) {
    const bool whole = key.size() == 1 + 2 * kPartOctets && value.size() == 8;
    if (whole && now - read_time(value) >= kPeerNetworkAge)
      old.emplace_back(key.begin(), key.end());
    return old.size() < limit;
  });
  for (const Bytes& key : old)
    forget(txn, ByteView(key).subspan(1, kPartOctets), second_part(key));
  return old.size();
}

}  // namespace culvert::store
