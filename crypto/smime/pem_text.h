// One PEM block (RFC 7468): where its base64 text stands in the input.
//
// Words may come before it (section 2), and white space after it. Words that somebody could take
// for the header of a message are not allowed: its From would be compared with nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/mime/part_source.h"

namespace culvert::crypto {

// What may stand in BEGIN and END.
enum class PemLabels {
  cms,              // `CMS`, `PKCS7` as older programs write, and what GnuPG and Netscape write
  cms_certificate,  // also `CERTIFICATE`, which some programs write for a CMS file of certificates
};

struct PemText {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// Octets of words before the block: more is no explanation.
inline constexpr std::size_t kMaxPemWordsBytes = 64 * 1024;

// Where the first BEGIN line is in the first octets of an input: after nothing but blanks (and a
// byte order mark), or after words that are no header. Nothing if there is none.
std::optional<std::size_t> find_pem_begin(std::string_view front);
// True if the BEGIN line comes after nothing but those blanks.
bool begins_pem(std::string_view front);

// `front` is the beginning of `input`, and find_pem_begin has found a block in it. Reads `input` to
// its end. permanent `not-smime` for another label or a BEGIN line that `front` cuts; refused
// (crypto/cms/refusal.h): truncated without an END line of the same label, trailing_octets if more
// than white space follows it.
Result<PemText> find_pem_text(SharedInput& input, std::string_view front, PemLabels labels);

}  // namespace culvert::crypto
