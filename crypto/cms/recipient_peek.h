// Who is a sealed message for? Read without any private key, so that "is it tunnel mail?" can be
// answered before anything is trusted (protocol.md, "Is it tunnel mail?").
#pragma once

#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

enum class SealKind { enveloped, auth_enveloped };

struct RecipientPeek {
  SealKind kind = SealKind::auth_enveloped;
  // In the order of the message. Recipients that are not named by a certificate (a shared key, a
  // password) are only counted.
  std::vector<CertificateName> names;
  std::size_t unnamed = 0;
  // Among the unnamed: the identifiers of shared keys, and how many passwords.
  std::vector<Bytes> shared_keys{};
  std::size_t passwords = 0;
};

// Reads the front of `der` up to the end of recipientInfos and no further than its buffer. A
// refusal if it is no EnvelopedData or AuthEnvelopedData, or its recipients cannot be read.
Result<RecipientPeek> peek_recipients(Source& der);

// Reads all of a sealed object, as far as it can be read without a key. Done if nothing in its form
// is missing, malformed or too much. Its content may still be wrong.
Status check_sealed_form(Source& der);

}  // namespace culvert::crypto
