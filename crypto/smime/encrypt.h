// Encrypts a content as a stream, in one pass.
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

// Writes the sealed form of all that is left of `content`. After an error what was written is
// worthless. Errors of EnvelopedWriter.
Status encrypt(Source& content, const EncryptRequest& request, Sink& to);

}  // namespace culvert::crypto
