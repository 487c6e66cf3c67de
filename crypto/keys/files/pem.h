// The blocks of PEM (RFC 7468) in a text that may hold anything else between them.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

struct PemBlock {
  std::string_view label;  // `PRIVATE KEY`
  std::string_view body;   // between the BEGIN and END lines
  // Missing if no END of this label comes before the next BEGIN or the end of the text: the body
  // ends there.
  enum class End { found, missing } end;
};

// True if `text` has a BEGIN line.
bool looks_like_pem(std::string_view text);

// The first block of `text`; `text` is moved behind the block. Both are borrowed. Nothing if there
// is none. permanent `bad-pem` for a block without a label.
std::optional<Result<PemBlock>> next_pem_block(std::string_view& text);

// True for a block encrypted as in RFC 1421 (`Proc-Type: 4,ENCRYPTED`).
bool has_old_encryption(const PemBlock& block);

// The decoded base64 of the body. permanent `bad-pem` if the body is not base64 or the block has no
// END.
Result<SecretBytes> pem_octets(const PemBlock& block);

}  // namespace culvert::crypto
