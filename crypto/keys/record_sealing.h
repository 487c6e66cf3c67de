// Sealing of many short records (libsodium): the format of sealing.h's `seal`, in buffers of the
// caller's, so that a record costs no allocation; and digests that nobody can make without the key.
// Thread-safe.
#pragma once

#include <initializer_list>

#include "crypto/keys/sealing.h"

namespace culvert::crypto {

// As `seal`, into `out`, which has exactly plaintext.size() + kSealOverheadBytes octets and does
// not overlap with the others.
void seal_into(const SealingKey& key, ByteView plaintext, ByteView associated, MutableBytes out);

// As `open_sealed`, into `out`, which has room for sealed.size() - kSealOverheadBytes octets. False
// for any other key, other associated data, or altered octets; `out` is zeroed then.
bool open_into(const SealingKey& key, ByteView sealed, ByteView associated, MutableBytes out);

// BLAKE2b under `key`, over the parts, each preceded by its length (8 octets, little-endian).
// `out`: 16 to 64 octets. Who has no key learns nothing of the parts but whether they are equal.
void keyed_digest(const SealingKey& key, std::initializer_list<ByteView> parts, MutableBytes out);

}  // namespace culvert::crypto
