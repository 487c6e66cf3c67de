// Encrypts content as a stream, in one pass (RFC 8551, 3.3): a MIME entity, or for DER and PEM any
// octets. For whole messages see message.h. Any thread, one call per stream.
#pragma once

#include <string>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/cms/enveloped.h"
#include "crypto/smime/wrapping.h"

namespace culvert::crypto {

struct EncryptRequest {
  EnvelopedOptions options;  // profile.h makes them
  Wrapping wrapping = Wrapping::mime;
  // Header fields of the message around it, each with CRLF; may be empty. MIME only.
  std::string fields{};
};

// Writes the sealed form of all that is left of `content`, octet for octet. For MIME that must be
// an entity, header included, with lines that end in CRLF; otherwise readers show no content. `to`
// gets output while `content` is read, so after an error what was written is worthless. All is
// borrowed for the call. Errors of EnvelopedWriter.
Status encrypt(Source& content, const EncryptRequest& request, Sink& to);

}  // namespace culvert::crypto
