// From the recipients of a sealed message and our keys to its content key.
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/recipient_info.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// A recipient whose key we hold.
struct MatchedRecipient {
  const RecipientKind* kind;
  Bytes info;         // the whole RecipientInfo
  std::size_t index;  // of the recipient in it
  HeldKey key;
};

// Reads RecipientInfos and keeps those that `keys` has a key for, at most a few.
Result<std::vector<MatchedRecipient>> match_recipients(BerReader& from, const KeyRing& keys);

struct ContentKey {
  SecretBytes key;
  Certificate recipient;
};

// The content key for `cipher`, by the first recipient that yields one of its size. `no-key` if
// nothing matched; otherwise the refusal of the recipient tried last.
Result<ContentKey> open_content_key(const std::vector<MatchedRecipient>& recipients,
                                    const CipherRow& cipher, const KeyRing& keys);

}  // namespace culvert::crypto
