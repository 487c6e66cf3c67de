// KEKRecipientInfo (RFC 5652, 6.2.3) with AES key wrap: a key that both sides hold.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/recipient_info.h"

namespace culvert::crypto {

// The RecipientInfo in DER that carries `content_key` under a shared key: aes256-wrap, an
// identifier without date.
Result<Bytes> seal_key_by_shared(const SharedKey& shared, const SecretBytes& content_key);

// The identifier of the shared key that a RecipientInfo names; an Error if it is of another kind or
// cannot be read.
Result<Bytes> shared_key_name(ByteView info);

Result<OpenedKey> open_key_by_shared(const KeyRequest& request);

}  // namespace culvert::crypto
