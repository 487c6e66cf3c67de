// Public keys of Ed25519 and Ed448 (RFC 8032) that belong to no secret: the few points of low
// order. Under such a key, one signature fits every message. For the sources of crypto/keys only.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// True if the order of `point` divides the cofactor, even if its y is not reduced. `point` is a
// public key as RFC 8032 encodes it. False for keys of other kinds and lengths.
bool has_low_order(KeyKind kind, ByteView point);

}  // namespace culvert::crypto
