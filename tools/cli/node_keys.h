// The keys and certificates of a new node.
#pragma once

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/store.h"

namespace culvert::cli {

// Makes the identity, the tunnel certificates that it issues, the TLS certificates of the peering
// port and of STARTTLS, and the secret of tunnel addresses, in one commit. Returns the identity's
// fingerprint, and its revocation, signed in advance, to be kept off-line. Errors of crypto/keys
// and the store.
struct MadeNode {
  Fingerprint fingerprint;
  Bytes revocation;  // a document (peering/revocation.h)
};
Result<MadeNode> make_node_keys(store::Store& store, const Domain& node_name, Time now);

}  // namespace culvert::cli
