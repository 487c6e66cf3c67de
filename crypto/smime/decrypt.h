// Opens a sealed object: only its outermost layer, and no signature. opened.h takes off what is
// inside. Any thread, one call per stream.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/content_algorithm.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/keys/key_ring.h"

namespace culvert::crypto {

struct DecryptReport {
  SealKind kind = SealKind::auth_enveloped;  // enveloped: nothing authenticates the content
  std::string cipher;                        // `aes256-gcm`
  std::string recipient_kind;                // `key transport`
  std::optional<Certificate> recipient;      // nothing for a shared key or a password
  bool weak = false;                         // something protects badly: an old cipher, a short key
  std::uint64_t content_bytes = 0;
  // Octets in the base64 text that are not base64, line ends aside: somebody on the way put them
  // there.
  std::uint64_t passed_over = 0;
};

// Writes the content of `input` (see cms_input.h), which must be at its beginning, to `to`, octet
// for octet; for a mail that is the MIME entity inside. All is borrowed for the call. Nothing is
// written before all of it is authenticated or, if the cipher cannot authenticate, decrypted to its
// end. A later error means that the input changed meanwhile; what was written is then worthless.
// The refusals of crypto/cms, and those of CmsInput.
Result<DecryptReport> decrypt(RewindableSource& input, const KeyRing& keys, Sink& to,
                              OldCiphers old_ciphers = OldCiphers::refuse);

}  // namespace culvert::crypto
