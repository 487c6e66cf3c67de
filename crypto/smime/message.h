// Signs and encrypts whole messages for users, with header protection (RFC 9788): the fields that
// the author wrote stand inside what is signed and encrypted, and outside is what the way needs.
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/signed_data.h"
#include "crypto/mime/header_protection.h"

namespace culvert::crypto {

struct MessageSeal {
  // Signed alone: multipart/signed. Signed and encrypted: opaque inside. At least one of both.
  std::optional<SigningOptions> sign{};
  std::optional<EnvelopedOptions> encrypt{};
  HeaderConfidentiality confidentiality = HeaderConfidentiality::baseline;
  LegacyDisplay legacy_display = LegacyDisplay::omit;
};

// Writes the sealed form of `message`, a whole message in canonical form (crypto/mime/canonical.h),
// in one pass. After an error what was written is worthless. Errors of sign, encrypt and
// protect_header; permanent `header-too-large`; internal `no-seal` if neither is asked for.
Status seal_message(Source& message, const KeyRing& keys, const MessageSeal& seal, Sink& to);

}  // namespace culvert::crypto
