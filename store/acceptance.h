// Which domains of a node its peer accepts (protocol.md, "Accepted domains"): what a peer told of
// our domains, and that a peer is to be told of its own. Peering decides what counts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::store {

// One of our domains in the words of the peer.
struct DomainAcceptance {
  Domain domain;
  std::string state{};   // a word of state_name(RouteState), or one of a newer version
  std::string reason{};  // one line, for people
  Time since{};          // when this state was first told
  bool operator==(const DomainAcceptance&) const = default;
};

// The last list that a peer told.
struct HeardAcceptance {
  Fingerprint peer{};
  std::uint64_t serial = 0;
  Time heard{};
  std::vector<DomainAcceptance> domains{};
  bool operator==(const HeardAcceptance&) const = default;
};
Bytes encode(const HeardAcceptance& heard);
// internal `damaged-record`.
Result<HeardAcceptance> decode_heard_acceptance(ByteView record);

// Replaces the older one of that peer.
void put_heard_acceptance(WriteTransaction& txn, const HeardAcceptance& heard);
std::optional<HeardAcceptance> find_heard_acceptance(const ReadTransaction& txn,
                                                     const Fingerprint& peer);

// A peer that is to be told anew, because something on its list changed.
struct AcceptanceNews {
  Fingerprint peer{};
  std::uint64_t serial = 0;  // of the list as it is now
  Time since{};
  bool operator==(const AcceptanceNews&) const = default;
};
// Call it in the closure that changes what the peer's list says. Serials grow strictly for each
// peer. They begin at the time, so that they also grow across a copy of the store that is put back.
void note_acceptance_news(WriteTransaction& txn, const Fingerprint& peer, Time now);
// All that was noted and not ended; ascending fingerprints.
std::vector<AcceptanceNews> acceptance_news(const ReadTransaction& txn);
// The list with that serial was told. Later news stays.
void end_acceptance_news(WriteTransaction& txn, const Fingerprint& peer, std::uint64_t serial);
// The serial of the peer's list as it is now; 0 if nothing was ever noted.
std::uint64_t acceptance_serial(const ReadTransaction& txn, const Fingerprint& peer);

}  // namespace culvert::store
