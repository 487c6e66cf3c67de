// What EnvelopedData (RFC 5652, 6.1) and AuthEnvelopedData (RFC 5083, 2.1) have in common: all that
// stands in front of the encrypted content.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/recipient_peek.h"

namespace culvert::crypto {

// Goes from the beginning of the ContentInfo to RecipientInfos. `not-cms` for other content types.
Result<SealKind> enter_sealed(BerReader& from);

// EncryptedContentInfo up to its content.
struct SealedContentHead {
  Bytes content_type;    // content octets of the OID
  AlgorithmName cipher;  // contentEncryptionAlgorithm
};

// Goes from behind RecipientInfos into the encrypted content, which `next_octets` then gives.
Result<SealedContentHead> enter_sealed_content(BerReader& from);

// Goes from the content to the end of the input without any key: done if all is there. Refusals of
// what is malformed; what it holds may be wrong all the same.
Status pass_sealed_content(BerReader& from, SealKind kind);

}  // namespace culvert::crypto
