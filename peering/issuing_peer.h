// Whose tunnel certificate it is, for certificates that may be on no card here (protocol.md,
// "Mail").
#pragma once

#include <optional>

#include "crypto/keys/certificate.h"
#include "store/transaction.h"

namespace culvert::peering {

// The paired or paused peer whose pinned identity issued `certificate` for signing mail; nothing if
// there is none, it revoked the certificate, or it was removed. Whether the certificate is valid
// now does not count. Verifies one signature, and only if its issuer claims to be a peer.
std::optional<Fingerprint> issuing_peer(const store::ReadTransaction& txn,
                                        const crypto::Certificate& certificate);

}  // namespace culvert::peering
