// Opens a sealed object. The tunnel form (AuthEnvelopedData); EnvelopedData is refused by name.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

struct DecryptReport {
  std::string cipher;  // `aes256-gcm`
  std::optional<Certificate> recipient;  // nothing for a shared key or a password
  std::uint64_t content_bytes = 0;
};

// Writes the content of `input` (see cms_input.h) to `to`: nothing before all of it is
// authenticated. A later error means that the input changed meanwhile; what was written is then
// worthless. The refusals of crypto/cms, and those of CmsInput.
Result<DecryptReport> decrypt(RewindableSource& input, const KeyRing& keys, Sink& to);

}  // namespace culvert::crypto
