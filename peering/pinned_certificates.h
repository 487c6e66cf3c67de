// Which certificates in a peer's record may be used for it. They are checked anew whenever the
// record is loaded, so that somebody who changes the record cannot bring in another certificate.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "crypto/keys/certificate.h"
#include "store/peers.h"

namespace culvert::peering {

// The certificate whose key is the peer's pinned identity. permanent `not-the-identity` if the
// record holds another certificate or none.
Result<crypto::Certificate> pinned_identity(const store::Peer& peer);

struct PinnedCertificates {
  std::vector<crypto::Certificate> signing;     // issued by the identity, or allowed by a person
  std::vector<crypto::Certificate> encryption;  // issued by the identity; newest first
};
// Leaves out certificates that cannot be read or that another issued. The caller leaves out revoked
// ones. Verifies a signature for each certificate.
PinnedCertificates pinned_certificates(const store::Peer& peer);

// Remembers the answer for each peer while its record's certificates stay the same, because a node
// with a thousand peers asks for all of them after each message of one. Thread-safe.
class PinnedCertificateCache {
 public:
  PinnedCertificates of(const store::Peer& peer);
  // Forgets all peers that are not in `peers`.
  void keep_only(const std::set<Fingerprint>& peers);

 private:
  struct Known {
    Bytes digest;  // of all that the answer depends on
    PinnedCertificates certificates;
  };
  std::mutex mutex_;
  std::map<Fingerprint, Known> known_;
};

}  // namespace culvert::peering
