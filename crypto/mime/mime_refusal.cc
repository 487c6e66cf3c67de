#include "crypto/mime/mime_refusal.h"

#include <array>
#include <utility>

#include "crypto/base/log.h"

namespace culvert::crypto {
namespace {

struct Row {
  MimeRefusal refusal;
  std::string_view code;
  std::string_view text;
};

constexpr std::array kRows{
    Row{MimeRefusal::ambiguous_type, "ambiguous-type",
        "the Content-Type or its encoding is damaged, given twice or read differently by others"},
    Row{MimeRefusal::header_too_large, "header-too-large",
        "a header is larger than 256 KiB or has more than 2,000 fields"},
    Row{MimeRefusal::bad_header, "bad-header",
        "a header holds a NUL, a CR or LF that ends no line, or a line that is no field"},
    Row{MimeRefusal::unsupported_encoding, "unsupported-encoding",
        "the Content-Transfer-Encoding of the entity is not one for CMS"},
    Row{MimeRefusal::not_multipart_signed, "not-multipart-signed",
        "the top-level entity is no multipart/signed"},
    Row{MimeRefusal::other_protocol, "other-protocol",
        "the multipart/signed is made for another protocol than S/MIME"},
    Row{MimeRefusal::no_boundary, "no-boundary", "the multipart has no boundary, or more than one"},
    Row{MimeRefusal::bad_boundary, "bad-boundary",
        "the boundary is empty, longer than 70 octets or holds what it must not"},
    Row{MimeRefusal::ambiguous_boundary, "ambiguous-boundary",
        "a line begins with the boundary and goes on with something else"},
    Row{MimeRefusal::nested_boundary, "nested-boundary",
        "the signed part is a multipart whose boundary begins like the one around it"},
    Row{MimeRefusal::no_closing_boundary, "no-closing-boundary",
        "the multipart ends without its closing boundary"},
    Row{MimeRefusal::no_parts, "no-parts", "the multipart/signed has no parts"},
    Row{MimeRefusal::one_part, "one-part", "the multipart/signed has one part instead of two"},
    Row{MimeRefusal::too_many_parts, "too-many-parts",
        "the multipart/signed has more than two parts"},
    Row{MimeRefusal::signature_first, "signature-first",
        "the signature stands before what it signs"},
    Row{MimeRefusal::no_signature_part, "no-signature-part",
        "the second part is no application/pkcs7-signature"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].refusal) != i) return false;
  }
  return static_cast<std::size_t>(MimeRefusal::no_signature_part) + 1 == kRows.size();
}
static_assert(is_in_order(), "one row for each refusal, in the order of the enumeration");

}  // namespace

std::string_view refusal_code(MimeRefusal refusal) {
  return kRows[static_cast<std::size_t>(refusal)].code;
}

std::string_view refusal_text(MimeRefusal refusal) {
  return kRows[static_cast<std::size_t>(refusal)].text;
}

Error refuse(MimeRefusal refusal, std::string detail) {
  return permanent_error(refusal_code(refusal), std::string(refusal_text(refusal)),
                         std::move(detail));
}

Error refuse_because(MimeRefusal refusal, std::string_view found) {
  std::string shown = printable(found);
  std::string text = std::string(refusal_text(refusal)) + ": " + shown;
  return permanent_error(refusal_code(refusal), std::move(text), std::move(shown));
}

std::optional<MimeRefusal> mime_refusal_of(const Error& error) {
  for (const Row& row : kRows) {
    if (row.code == error.code) return row.refusal;
  }
  return std::nullopt;
}

}  // namespace culvert::crypto
