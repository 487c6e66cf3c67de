// Signs and encrypts whole messages for users, with header protection (RFC 9788): the fields that
// the author wrote are inside what is signed and encrypted; outside is what transport needs.
// opened.h is the other direction. Any thread, one call per stream.
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
  // At least one of the two; profile.h makes them. Signed alone: multipart/signed. Signed and
  // encrypted: opaque inside. What the options say about opaque and detached does not matter.
  std::optional<SigningOptions> sign{};
  std::optional<EnvelopedOptions> encrypt{};
  HeaderConfidentiality confidentiality = HeaderConfidentiality::baseline;
  LegacyDisplay legacy_display = LegacyDisplay::omit;
};

// Writes the sealed form of `message`, a whole message in canonical form (crypto/mime/canonical.h:
// lines end in CRLF), header and body, in one pass and constant memory; its Bcc is dropped. What is
// written is a message with CRLF. `keys` holds the signers' keys and is not used without `sign`. A
// byte order mark before the header is left out. All is borrowed for the call. After an error what
// was written is worthless. Errors of sign, encrypt, check_header and protect_header; permanent
// `header-too-large`; internal `no-seal` if neither is asked for.
Status seal_message(Source& message, const KeyRing& keys, const MessageSeal& seal, Sink& to);

}  // namespace culvert::crypto
