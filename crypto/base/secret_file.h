// Reads key files so that no copy of a key stays behind in memory. Any thread.
#pragma once

#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert {

// All that remains in `from`. permanent `too-large` if that is longer than `limit_bytes`; errors of
// the source.
Result<SecretBytes> read_secret(Source& from, std::size_t limit_bytes);

// A whole file. permanent `not-readable` (the detail says why), `too-large`.
Result<SecretBytes> read_secret_file(const std::string& name, std::size_t limit_bytes);

}  // namespace culvert
