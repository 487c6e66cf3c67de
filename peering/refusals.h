// Counts, by peer, the messages that were not accepted (protocol.md, "Refusals"). In memory until
// somebody writes it down: a card that is out of date is public, and playing it again must not cost
// a commit. Thread-safe.
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
  // One more of `peer`. For signed messages of known peers only: nobody else may fill the memory.
  void note(const Fingerprint& peer);
  // What was counted since the last call.
  RefusalCounts take();

 private:
  std::mutex mutex_;
  RefusalCounts counts_;
};

// Adds them to the peers' records (store::Peer::refused).
void add_refusals(store::WriteTransaction& txn, const RefusalCounts& counts);

}  // namespace culvert::peering
