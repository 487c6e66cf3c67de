// Signs content as a stream, in one pass (RFC 8551, 3.5): a MIME entity, or for DER and PEM any
// octets. For whole messages see message.h. Any thread, one call per stream.
#pragma once

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/signed_data.h"
#include "crypto/smime/wrapping.h"

namespace culvert::crypto {

struct SignRequest {
  // profile.h makes them. Their `content` tells whether the signature is opaque or detached.
  SigningOptions options;
  // A detached signature in MIME is a multipart/signed; in DER and PEM it is the signature alone.
  Wrapping wrapping = Wrapping::mime;
  // Header fields of the message around it, each with CRLF; may be empty. MIME only.
  std::string fields{};
};

// Writes the signed form of all that is left of `content`. Exactly these octets are signed. For
// MIME they must be an entity, header included, in canonical form (crypto/mime/canonical.h: lines
// end in CRLF). All is borrowed for the call; `keys` holds the signers' keys. `to` gets output
// while `content` is read, so after an error what was written is worthless. Errors of
// SignedDataWriter; internal `boundary-occurs`; of a multipart/signed `not-seven-bit`
// (seven_bit.h).
Status sign(Source& content, const KeyRing& keys, const SignRequest& request, Sink& to);

}  // namespace culvert::crypto
