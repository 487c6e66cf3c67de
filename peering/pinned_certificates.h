// Which certificates in a peer's record may be used for it: asked anew whenever the record is
// loaded, so that whoever changed it finds no use for a certificate of his own.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "crypto/keys/certificate.h"
#include "store/peers.h"

namespace culvert::peering {

// The certificate whose key is the peer's pinned identity. permanent `not-the-identity` if the
// record holds another's or none.
Result<crypto::Certificate> pinned_identity(const store::Peer& peer);

struct PinnedCertificates {
  std::vector<crypto::Certificate> signing;     // issued by the identity, or allowed by a person
  std::vector<crypto::Certificate> encryption;  // issued by the identity; newest first
};
// Without those that cannot be read or that another issued; revoked ones are the caller's to leave
// out. Verifies a signature for each.
PinnedCertificates pinned_certificates(const store::Peer& peer);

// Remembers the answer for each peer as long as nothing changes in it, because a node with a
// thousand peers asks for all of them after each message of one. Thread-safe.
class PinnedCertificateCache {
 public:
  PinnedCertificates of(const store::Peer& peer);
  // Forgets all peers that are not in `peers`.
  void keep_only(const std::set<Fingerprint>& peers);

 private:
  struct Known {
    Bytes digest;  // over all that the answer depends on
    PinnedCertificates certificates;
  };
  std::mutex mutex_;
  std::map<Fingerprint, Known> known_;
};

}  // namespace culvert::peering
