// One PEM block and nothing else (RFC 7468): where its base64 text stands in the input.
//
// Blank lines may stand before it and white space behind it. Explanatory text, which RFC 7468
// allows, may not: it could be the header of a message, whose From would be compared with nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/mime/part_source.h"

namespace culvert::crypto {

// What may stand in BEGIN and END.
enum class PemLabels {
  cms,              // `CMS`, and `PKCS7` as older programs write
  cms_certificate,  // besides `CERTIFICATE`, as some programs call a file of certificates in CMS
};

struct PemText {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// True if the first octets of an input begin a PEM block.
bool begins_pem(std::string_view front);

// `front` is the beginning of `input`, which is read to its end. permanent `not-smime` for another
// label or a first line longer than `front`; refused (crypto/cms/refusal.h): truncated without an
// END line of the same label, trailing_octets if more than white space stands behind it.
Result<PemText> find_pem_text(SharedInput& input, std::string_view front, PemLabels labels);

}  // namespace culvert::crypto
