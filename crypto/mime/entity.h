// What a MIME entity says about itself: Content-Type and Content-Transfer-Encoding (RFC 2045).
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
  // True if every octet belongs to `type/subtype` or to `; name=value` (RFC 2045, 5.1), except for
  // a `;` too many, and all usual readers split it alike: no comment, no backslash, no fold inside
  // quotes, and no semicolon or control in a value. Where the parameters decide what people see,
  // accept nothing else.
  bool is_exact = true;

  // The value of that parameter, if it occurs exactly once.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

// Reads a Content-Type body (folded or not). Nothing if it has no type/subtype; parameters that are
// not understood are left out.
std::optional<ContentType> parse_content_type(std::string_view body);

enum class TransferEncoding { identity, base64, quoted_printable, unknown };

// The kind of the top-level entity of a message with this header. A missing Content-Type is
// text/plain (RFC 2045, 5.2). Two Content-Type fields, or two encodings, are ambiguous: nothing.
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
// The same for application/pkcs7-signature.
bool is_pkcs7_signature(const ContentType& type);
// True for application/octet-stream with a file name that ends in .p7s (RFC 8551, 3.9); `kind` is
// that of `fields`.
bool is_signature_file(const EntityKind& kind, const std::vector<HeaderField>& fields);

// Which S/MIME form an entity claims to be. Only its octets tell what it holds.
enum class SmimeForm {
  none,
  // application/pkcs7-mime, its old name, or application/octet-stream with a file name that ends in
  // .p7m, .p7c, .p7s or .p7z, as Content-Type or Content-Disposition gives it (RFC 8551, 3.9).
  pkcs7_mime,
  multipart_signed,
};
SmimeForm smime_form(const std::vector<HeaderField>& fields);
inline SmimeForm smime_form(std::string_view header) { return smime_form(fields_of(header)); }

// True for fields that describe an entity and not a message: MIME-Version and every `Content-`
// field (RFC 9787, 1.1.1).
bool is_structural_field(std::string_view name);

}  // namespace culvert::crypto
