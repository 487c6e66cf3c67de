#include "crypto/mime/entity_front.h"

#include <optional>

#include "crypto/base/ascii.h"
#include "crypto/base/limits.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_check.h"
#include "crypto/mime/header_fields.h"
#include "crypto/mime/header_reader.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

// The same header with CRLF at the end of each line.
std::string with_crlf(std::string_view header) {
  std::string out;
  out.reserve(header.size());
  for (std::size_t at = 0; at < header.size(); ++at) {
    if (header[at] == '\n' && (at == 0 || header[at - 1] != '\r')) out.push_back('\r');
    out.push_back(header[at]);
  }
  return out;
}

// `From jane@a.example Mon Jan  1 00:00:00 2024`, alone on its line.
bool is_mbox_line(const HeaderField& field) {
  return field.raw.starts_with("From ") && field.raw.find("\r\n") + 2 == field.raw.size();
}

}  // namespace

Result<EntityFront> read_entity_front(RewindableSource& from) {
  HeaderReader reader(kMessageHeader, HeaderLines::crlf_or_lf);
  if (const Status read = reader.read_from(from); !read) return read.error();
  if (const Status back = from.rewind(); !back) return back.error();
  const HeaderScan& scan = reader.scan();
  EntityFront front{with_crlf(reader.header()), scan.header_bytes() + scan.empty_line_bytes()};
  const bool has_bare = scan.bare_line_ends() > 0 || scan.has_bare_empty_line();
  if (has_bare) front.line_ends = LineEnds::converted;
  if (front.header.starts_with(kByteOrderMark)) front.header.erase(0, kByteOrderMark.size());
  return front;
}

Status check_fields(std::string_view header) {
  if (has_stray_octets(header)) {
    Error error = refuse(MimeRefusal::bad_header);
    if (const Status told = check_header(header); !told) error.text = told.error().text;
    return error;
  }
  const auto fields = fields_of(header);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (is_field_name(fields[i].name) || (i == 0 && is_mbox_line(fields[i]))) continue;
    return no_field(fields[i]);
  }
  return done();
}

bool says_binary(std::string_view header) {
  const auto fields = fields_of(header);
  const auto encodings = bodies_of(fields, "Content-Transfer-Encoding");
  return encodings.size() == 1 && lower_case(unfolded(encodings.front())) == "binary";
}

}  // namespace culvert::crypto
