// Public keys of Ed25519 and Ed448 (RFC 8032) that nobody's secret belongs to: the few points whose
// multiples are few. Under such a key one signature fits every message. For the sources of
// crypto/keys alone.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

// True if `point`, a public key as RFC 8032 encodes it, has an order that divides the cofactor,
// also if its y is not reduced; false for keys of other kinds and lengths.
bool has_low_order(KeyKind kind, ByteView point);

}  // namespace culvert::crypto
