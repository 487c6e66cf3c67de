// PasswordRecipientInfo (RFC 5652, 6.2.4): PBKDF2, then the key wrap of RFC 3211. Read only.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/recipient_info.h"

namespace culvert::crypto {

// Derives the key only if all else is right, because the derivation is the work.
Result<OpenedKey> open_key_by_password(const KeyRequest& request);

}  // namespace culvert::crypto
