// What EnvelopedData (RFC 5652, 6.1) and AuthEnvelopedData (RFC 5083, 2.1) have in common:
// everything before the encrypted content.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/recipient_peek.h"

namespace culvert::crypto {

// Reads from the beginning of the ContentInfo up to RecipientInfos. `not-cms` for other content
// types.
Result<SealKind> enter_sealed(BerReader& from);

// EncryptedContentInfo up to its content.
struct SealedContentHead {
  Bytes content_type;    // content octets of the OID
  AlgorithmName cipher;  // contentEncryptionAlgorithm
};

// Reads from the end of RecipientInfos into the encrypted content; `next_octets` then gives it.
Result<SealedContentHead> enter_sealed_content(BerReader& from);

// Reads from the content to the end of the input without any key. Done if all is there; refuses
// what is malformed. The content may still be wrong.
Status pass_sealed_content(BerReader& from, SealKind kind);

}  // namespace culvert::crypto
