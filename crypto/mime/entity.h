// What a MIME entity says of itself: Content-Type and Content-Transfer-Encoding (RFC 2045).
// Enough to recognise a CMS blob at the top of a message; trees of parts are not read here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/mime/header.h"

namespace culvert::crypto {

struct ContentType {
  std::string media_type;  // `type/subtype`, lower case
  struct Parameter {
    std::string name;  // lower case
    std::string value;
  };
  std::vector<Parameter> parameters;

  // The value of that parameter, if it is there exactly once.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

// Reads a Content-Type body (folded or not). Nothing if it has no type/subtype; parameters that are
// not understood are left out.
std::optional<ContentType> parse_content_type(std::string_view body);

enum class TransferEncoding { identity, base64, quoted_printable, unknown };

// What the top-level entity of a message with this header is. A missing Content-Type is text/plain
// (RFC 2045, 5.2). Two Content-Type fields, or two encodings, are ambiguous: nothing.
struct EntityKind {
  ContentType type;
  TransferEncoding encoding = TransferEncoding::identity;
};
std::optional<EntityKind> entity_kind(const std::vector<HeaderField>& fields);
inline std::optional<EntityKind> entity_kind(std::string_view header) {
  return entity_kind(fields_of(header));
}

// True for application/pkcs7-mime and its old name application/x-pkcs7-mime.
bool is_pkcs7_mime(const ContentType& type);

}  // namespace culvert::crypto
