// The blocks of PEM (RFC 7468) in a text that may hold anything else between them.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

struct PemBlock {
  std::string_view label;  // `PRIVATE KEY`
  std::string_view body;   // between the lines BEGIN and END
  // Missing if there is no END of this label before the next BEGIN, or at all: the body ends there.
  enum class End { found, missing } end;
};

// True if a line BEGIN stands in `text`.
bool looks_like_pem(std::string_view text);

// The first block of `text`, which is moved behind it; both are borrowed. Nothing if there is none.
// permanent `bad-pem` for one that has no label.
std::optional<Result<PemBlock>> next_pem_block(std::string_view& text);

// True for a block that is encrypted in the way of RFC 1421 (`Proc-Type: 4,ENCRYPTED`).
bool has_old_encryption(const PemBlock& block);

// What the base64 of the body means. permanent `bad-pem` for anything else than base64 in it,
// and for a block without END.
Result<SecretBytes> pem_octets(const PemBlock& block);

}  // namespace culvert::crypto
