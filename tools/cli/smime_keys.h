// The keys that the smime commands open with.
#pragma once

#include "crypto/keys/memory_key_ring.h"
#include "tools/cli/command.h"

namespace culvert::cli {

// Puts into `ring` the keys of every `--key FILE` (PEM) with the certificates in the same file or
// in
// `--certificate FILE`. permanent `bad-key`, `bad-certificate`, `not-readable`, usage.
Status add_given_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring);

// Puts into `ring` the tunnel encryption keys of the node that the configuration names.
Status add_node_keys(const Arguments& arguments, crypto::MemoryKeyRing& ring);

}  // namespace culvert::cli
