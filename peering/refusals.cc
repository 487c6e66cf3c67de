#include "peering/refusals.h"

#include <utility>

#include "store/peers.h"

namespace culvert::peering {

void Refusals::note(const Fingerprint& peer) {
  const std::lock_guard lock(mutex_);
  ++counts_[peer];
}

RefusalCounts Refusals::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(counts_, {});
}

void add_refusals(store::WriteTransaction& txn, const RefusalCounts& counts) {
  for (const auto& [fingerprint, count] : counts) {
    auto peer = store::find_peer(txn, fingerprint);
    if (!peer) continue;
    peer->refused += count;
    store::put_peer(txn, *peer);
  }
}

}  // namespace culvert::peering
