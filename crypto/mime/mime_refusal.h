// Why the MIME side refuses an S/MIME entity: one reason, one line; crypto/cms/refusal.h has the
// others. `Error::code` carries the word. The words are frozen: scripts read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::crypto {

enum class MimeRefusal {
  ambiguous_type,
  header_too_large,
  bad_header,
  unsupported_encoding,
  // multipart/signed (RFC 1847, RFC 8551, 3.5.3).
  not_multipart_signed,
  other_protocol,
  no_boundary,
  bad_boundary,
  ambiguous_boundary,
  nested_boundary,
  no_closing_boundary,
  no_parts,
  one_part,
  too_many_parts,
  signature_first,
  no_signature_part,
};

// The word (`no-boundary`), and a sentence without its full stop.
std::string_view refusal_code(MimeRefusal refusal);
std::string_view refusal_text(MimeRefusal refusal);

// A permanent error with both; `detail` is for our log.
Error refuse(MimeRefusal refusal, std::string detail = {});

// The same, with `found` after the sentence and a colon, shown as `printable` does.
Error refuse_because(MimeRefusal refusal, std::string_view found);

// The refusal that an error carries, if it is one of these.
std::optional<MimeRefusal> mime_refusal_of(const Error& error);

}  // namespace culvert::crypto
