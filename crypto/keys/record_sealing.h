// Seals many short records (libsodium) in the format of `seal` in sealing.h. The caller provides
// the buffers, so a record costs no allocation. Also makes digests that need the key. Thread-safe.
#pragma once

#include <initializer_list>

#include "crypto/keys/sealing.h"

namespace culvert::crypto {

// As `seal`, into `out`. `out` has exactly plaintext.size() + kSealOverheadBytes octets and does
// not overlap with the other arguments.
void seal_into(const SealingKey& key, ByteView plaintext, ByteView associated, MutableBytes out);

// As `open_sealed`, into `out`, which has room for sealed.size() - kSealOverheadBytes octets. False
// for another key, other associated data, or altered octets; then `out` is zeroed.
bool open_into(const SealingKey& key, ByteView sealed, ByteView associated, MutableBytes out);

// BLAKE2b under `key` over the parts, each preceded by its length (8 octets, little-endian). `out`:
// 16 to 64 octets. Without the key, the digest shows only whether the parts are equal.
void keyed_digest(const SealingKey& key, std::initializer_list<ByteView> parts, MutableBytes out);

}  // namespace culvert::crypto
