// Small signed documents in memory: cards and the other messages of peering.md. CMS SignedData over
// id-data in DER, signed by an identity and by nobody else.
#pragma once

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// The ContentInfo in DER. `signer` is the identity's certificate, whose key is in `keys`.
Result<Bytes> sign_message(const KeyRing& keys, const Certificate& signer, ByteView content,
                           Time now);

struct SignedMessage {
  Bytes content;       // the eContent octets as received
  Certificate signer;  // whose signature was verified
  std::optional<Time> signing_time;
};

// Verifies that exactly one signature is there, that it is right, and that it was made with
// `identity`, whatever certificates are included. A refusal otherwise; `signer-unknown` if it is
// somebody else's. Whether the certificate is valid now is not looked at: identities are pinned.
Result<SignedMessage> verify_message(ByteView cms, const Certificate& identity);

// For a first card, which must verify under its own identity certificate: as above, but the signer
// is the included certificate that it names. Trusts nobody: the caller compares the fingerprint.
Result<SignedMessage> verify_self_carried_message(ByteView cms);

}  // namespace culvert::crypto
