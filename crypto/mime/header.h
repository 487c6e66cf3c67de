// The header of a message, byte for byte. Nothing here rewrites a field: a header is read into
// fields that point into its own octets, and it is written back as those octets, without the fields
// that somebody asked to remove. RFC 5322, 2.2 and 3.6; RFC 8601, 5 (removal of forged results).
//
// Shapes: lines end in CRLF; header_reader.h decides where a header ends. A line in it that is not
// a field (no colon) is kept and has no name. header_check.h decides whether programs after us read
// the same fields as we do; what is found here is what the most lenient of them may find.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/names.h"

namespace culvert::crypto {

// One field; views into the header that it came from.
struct HeaderField {
  // The text before the first colon, which may be on a later line, without white space at the end.
  // Empty: not a field. Compare it with same_field_name.
  std::string_view name;
  std::string_view body;  // after the colon, with its folding, without the last CRLF
  std::string_view raw;   // the whole field with its line ends
};

// True if the names are equal without regard to ASCII case.
bool same_name(std::string_view a, std::string_view b);

// The same for two names of fields, but controls, blanks and octets above 0x7E do not count either:
// some readers skip them, and a name must be the same for us as for them.
bool same_field_name(std::string_view a, std::string_view b);
// A field's name for a table or a prefix: lower case, visible ASCII only.
std::string bare_field_name(std::string_view name);

// All fields in order, top first. The views live as long as `header`.
std::vector<HeaderField> fields_of(std::string_view header);

// The bodies of all fields of that name (same_field_name), top first.
std::vector<std::string_view> bodies_of(const std::vector<HeaderField>& fields,
                                        std::string_view name);

// The header of these fields without those for which `unwanted` is true; all else stays as it is.
std::string without_fields(const std::vector<HeaderField>& fields,
                           const std::function<bool(const HeaderField&)>& unwanted);

// The body on one line: CRLF before white space is removed (RFC 5322, 2.2.3), ends are trimmed.
std::string unfolded(std::string_view body);

// True if the name has only the characters that RFC 5322, 3.6.8 allows.
bool is_field_name(std::string_view name);

// The mailbox of the message's only From field, if every reader finds the same one there. Comments
// may stand beside it, and it may be alone in a group (single_from.cc says which). Two fields,
// lists, routes, an address that stands bare in a display name or a comment, or a control anywhere
// give nothing: it would not be clear who is meant.
//
// In quotes or encoded (RFC 2047), a display name may be any text, even another address, as
// programs and mailing lists write it: `"jo@a.example" <list@b.example>` gives list@b.example. Code
// that shows what was found out about an author must show this address, never the name.
std::optional<Mailbox> single_from(const std::vector<HeaderField>& fields);
// Why there is none, for people, as a sentence. Only if single_from of `fields` gives nothing.
std::string why_no_single_from(const std::vector<HeaderField>& fields);
inline std::optional<Mailbox> single_from(std::string_view header) {
  return single_from(fields_of(header));
}

}  // namespace culvert::crypto
