// Small signed documents in memory: cards and the other messages of protocol.md, "Documents". CMS
// SignedData over id-data in DER, signed by an identity and by nobody else.
#pragma once

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// The ContentInfo in DER. `signer` is the identity's certificate, whose key is in `keys`.
Result<Bytes> sign_message(const KeyRing& keys, const Certificate& signer, ByteView content,
                           Time now);

// What a message claims before anything in it is verified: who signed it, and what. It proves
// nothing. It tells whose message it would be, so that a stranger's does not cost the work of a
// peer's.
struct MessageClaim {
  Fingerprint signer;  // key id of the one certificate that is included
  Bytes content;       // eContent
};

// All of a message except its content. Ours have 1.2 KiB: one certificate, one signature.
inline constexpr std::size_t kMaxMessageFrameBytes = 8 * 1024;

// Reads the claim, and demands the form that `sign_message` gives: content of id-data in the
// message, exactly one certificate, at most kMaxMessageFrameBytes around the content. Linear; one
// certificate is parsed. Refusals: `too-many-certificates`, `signer-unknown` (no certificate),
// `element-too-large` and whatever is malformed.
Result<MessageClaim> read_message_claim(ByteView cms);

struct SignedMessage {
  Bytes content;       // the eContent octets as received
  Certificate signer;  // whose signature was verified
  std::optional<Time> signing_time;
};

// Verifies that exactly one signature is there, that it is right, and that it was made with
// `identity`, whatever certificates are included. Refuses otherwise; `signer-unknown` if it is
// somebody else's. Does not check whether the certificate is valid now: identities are pinned.
Result<SignedMessage> verify_message(ByteView cms, const Certificate& identity);

// For a first card, which must verify under its own identity certificate: as above, but the signer
// is the included certificate that it names. Trusts nobody: the caller compares the fingerprint.
Result<SignedMessage> verify_self_carried_message(ByteView cms);

}  // namespace culvert::crypto
