// Counts the messages that were not accepted, by peer (protocol.md, "Refusals"). The counts stay in
// memory until somebody stores them: an outdated card is public, and replaying it must not cost a
// commit. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::peering {

using RefusalCounts = std::map<Fingerprint, std::uint64_t>;

class Refusals {
 public:
  // Counts one more of `peer`. Only for signed messages of known peers: nobody else may fill the
  // memory.
  void note(const Fingerprint& peer);
  // What was counted since the last call.
  RefusalCounts take();

 private:
  std::mutex mutex_;
  RefusalCounts counts_;
};

// Adds the counts to the peers' records (store::Peer::refused).
void add_refusals(store::WriteTransaction& txn, const RefusalCounts& counts);

}  // namespace culvert::peering
