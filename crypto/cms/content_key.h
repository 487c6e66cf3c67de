// Finds the content key of a sealed message from its recipients and our keys.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/recipient_info.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

// A recipient whose key we hold, or may hold: shared keys and passwords are found by trying.
struct MatchedRecipient {
  const RecipientKind* kind;
  Bytes info;         // the whole RecipientInfo
  std::size_t index;  // of the recipient in it
  // Nothing for kinds that name no certificate. If the key has no certificate, the recipient may be
  // somebody else.
  std::optional<HeldKey> held;
};

// Reads RecipientInfos and keeps those that `keys` has or may have a key for, at most a few of each
// kind.
Result<std::vector<MatchedRecipient>> match_recipients(BerReader& from, const KeyRing& keys);

struct ContentKey {
  SecretBytes key;
  // The certificate that it was sealed for; nothing for a shared key or a password.
  std::optional<Certificate> recipient;
  std::string_view kind;      // of recipient: `key agreement`, `password`, …
  std::string_view weakness;  // for people: what protects badly; empty if nothing does
};

// The content key for `cipher`, from the first recipient that yields one of its size. `no-key` if
// no recipient is ours; otherwise the first refusal that says more. PKCS#1 v1.5 is tried last,
// because it yields a key even if the sender made none. Refusals of a key without a certificate are
// not reported.
Result<ContentKey> open_content_key(const std::vector<MatchedRecipient>& recipients,
                                    const CipherRow& cipher, const KeyRing& keys);

}  // namespace culvert::crypto
