// How the content key travels to a recipient, in words: for people who look into a message.
#pragma once

#include <string>

#include "crypto/base/result.h"
#include "crypto/cms/recipient_info.h"

namespace culvert::crypto {

// The keyEncryptionAlgorithm of a whole RecipientInfo by name: `stdDH-sha256kdf with aes256-wrap`,
// `RSAES-OAEP`. Unknown OIDs are dotted. Refuses if the algorithm is missing where the kind has
// one.
Result<std::string> key_algorithm_text(const RecipientKind& kind, ByteView info);

}  // namespace culvert::crypto
