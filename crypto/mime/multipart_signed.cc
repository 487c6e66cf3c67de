#include "crypto/mime/multipart_signed.h"

#include "crypto/base/ascii.h"
#include "crypto/base/limits.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/entity_front.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {

// Positions, in octets from the beginning of the message.
struct MultipartSigned::Layout {
  std::string header;
  std::string micalg;
  std::uint64_t content_begin = 0;
  std::uint64_t content_end = 0;
  LineEnds line_ends = LineEnds::crlf;
  bool says_binary = false;
  std::uint64_t signature_begin = 0;  // after the header of its part
  std::uint64_t signature_end = 0;
  TransferEncoding encoding = TransferEncoding::base64;
};

namespace {

using Kind = BoundaryLine::Kind;

bool is_protocol(std::string_view value) {
  ContentType type;
  type.media_type = lower_case(value);
  return is_pkcs7_signature(type);
}

// True if every reader finds the same boundary and the same protocol in it, or refuses as we do.
// RFC 2231 gives a parameter a second name (`boundary*`, `boundary*0`), which some readers prefer,
// some use, and some do not know.
bool is_understood_alike(const ContentType& type) {
  if (!type.is_exact) return false;
  std::size_t protocols = 0;
  for (const auto& parameter : type.parameters) {
    const std::string_view name = parameter.name;
    if (name.starts_with("boundary*") || name.starts_with("protocol*")) return false;
    if (name == "protocol") ++protocols;
  }
  return protocols <= 1;
}

// The top-level Content-Type, if it is that of an S/MIME signed message.
Result<ContentType> signed_type(std::string_view header) {
  const auto kind = entity_kind(header);
  if (!kind) return refuse(MimeRefusal::ambiguous_type);
  if (kind->type.media_type != "multipart/signed") {
    return refuse(MimeRefusal::not_multipart_signed);
  }
  if (kind->encoding != TransferEncoding::identity) {
    return refuse(MimeRefusal::unsupported_encoding);
  }
  const auto protocol = kind->type.parameter("protocol");
  if (protocol && !is_protocol(*protocol)) {
    return refuse_because(MimeRefusal::other_protocol, *protocol);
  }
  if (!is_understood_alike(kind->type)) return refuse(MimeRefusal::ambiguous_type);
  return kind->type;
}

// Drops what follows the line that decides: the first that does not delimit two parts. What follows
// must not count, or a reason would depend on how much was read at once. True if there is such a
// line.
bool ends_with_decision(std::vector<BoundaryLine>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < kSignedParts && lines[i].kind == Kind::delimiter) continue;
    lines.resize(i + 1);
    return true;
  }
  return false;
}

// The boundary lines up to the one that decides. What follows the closing one is epilogue and is
// not even read.
Result<std::vector<BoundaryLine>> boundary_lines(RewindableSource& message, std::uint64_t start,
                                                 const std::string& boundary) {
  SharedInput input(message);
  return find_boundary_lines(input, start, boundary, ends_with_decision);
}

// Nothing if these are the lines around and between two parts.
std::optional<MimeRefusal> fault_of(const std::vector<BoundaryLine>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    switch (lines[i].kind) {
      case Kind::ambiguous:
        return MimeRefusal::ambiguous_boundary;
      case Kind::closing:
        if (i == kSignedParts) return std::nullopt;
        return i == 0 ? MimeRefusal::no_parts : MimeRefusal::one_part;
      case Kind::delimiter:
        if (i == kSignedParts) return MimeRefusal::too_many_parts;
        break;
    }
  }
  return lines.empty() ? MimeRefusal::no_parts : MimeRefusal::no_closing_boundary;
}

// The header between two boundary lines; an empty one if the part has none.
Result<EntityFront> front_between(RewindableSource& message, const BoundaryLine& before,
                                  const BoundaryLine& behind) {
  SharedInput input(message);
  PartSource part(input, before.end, behind.begin);
  return read_entity_front(part);
}

// The signed part may be a multipart, but not one with the same boundary: its boundary lines would
// count as those of the message.
bool has_nested_boundary(const std::optional<EntityKind>& content, std::string_view boundary) {
  if (!content || !content->type.media_type.starts_with("multipart/")) return false;
  for (const auto& parameter : content->type.parameters) {
    if (parameter.name == "boundary" && parameter.value.starts_with(boundary)) return true;
  }
  return false;
}

// How the second part is encoded, if it is a signature.
Result<TransferEncoding> signature_encoding(std::string_view header,
                                            const std::optional<EntityKind>& content) {
  const auto fields = fields_of(header);
  const auto kind = entity_kind(fields);
  if (!kind) return refuse(MimeRefusal::ambiguous_type);
  // RFC 8551, 3.9: gateways that know no other type keep the file's name.
  if (!is_pkcs7_signature(kind->type) && !is_signature_file(*kind, fields)) {
    if (content && is_pkcs7_signature(content->type)) return refuse(MimeRefusal::signature_first);
    const bool is_file = kind->type.media_type == "application/octet-stream";
    return refuse_because(MimeRefusal::no_signature_part,
                          "it is " + kind->type.media_type +
                              (is_file ? ", which counts only under a file name in plain ASCII "
                                         "that ends in .p7s"
                                       : ""));
  }
  if (kind->encoding != TransferEncoding::base64 && kind->encoding != TransferEncoding::identity) {
    return refuse(MimeRefusal::unsupported_encoding);
  }
  return kind->encoding;
}

}  // namespace

Result<MultipartSigned::Layout> MultipartSigned::find_parts(RewindableSource& message) {
  auto front = read_entity_front(message);
  if (!front) return front.error();
  const auto type = signed_type(front->header);
  if (!type) return type.error();
  if (const Status good = check_fields(front->header); !good) return good.error();
  const auto boundary = boundary_of(*type);
  if (!boundary) return boundary.error();
  const auto lines = boundary_lines(message, front->size, *boundary);
  if (!lines) return lines.error();
  Layout layout;
  const Status placed = place_parts(message, *lines, *boundary, layout);
  if (!placed) return placed.error();
  layout.header = std::move(front->header);
  if (const auto micalg = type->parameter("micalg")) layout.micalg = lower_case(*micalg);
  return layout;
}

Status MultipartSigned::place_parts(RewindableSource& message,
                                    const std::vector<BoundaryLine>& lines,
                                    std::string_view boundary, Layout& layout) {
  std::optional<EntityKind> content;
  if (lines.size() > 1) {
    const auto front = front_between(message, lines[0], lines[1]);
    if (!front) return front.error();
    content = entity_kind(front->header);
    layout.says_binary = says_binary(front->header);
  }
  // The first part, if it can be seen, tells best why there are too many lines.
  if (has_nested_boundary(content, boundary)) return refuse(MimeRefusal::nested_boundary);
  if (const auto fault = fault_of(lines)) return refuse(*fault);
  const auto front = front_between(message, lines[1], lines[2]);
  if (!front) return front.error();
  const auto encoding = signature_encoding(front->header, content);
  if (!encoding) return encoding.error();

  layout.content_begin = lines[0].end;
  layout.content_end = lines[1].begin;
  if (lines[1].bare_before_begin > lines[0].bare_before_end) {
    layout.line_ends = LineEnds::converted;
  }
  layout.signature_begin = lines[1].end + front->size;
  layout.signature_end = lines[2].begin;
  layout.encoding = *encoding;
  return done();
}

MultipartSigned::MultipartSigned(RewindableSource& message, const Layout& layout)
    : input_(message),
      raw_content_(input_, layout.content_begin, layout.content_end),
      raw_signature_(input_, layout.signature_begin, layout.signature_end),
      header_(layout.header),
      micalg_(layout.micalg),
      line_ends_(layout.line_ends),
      is_binary_(layout.says_binary && layout.line_ends == LineEnds::converted) {
  if (layout.encoding == TransferEncoding::base64) decoded_signature_.emplace(raw_signature_);
}

Result<std::unique_ptr<MultipartSigned>> MultipartSigned::open(RewindableSource& message) {
  const auto layout = find_parts(message);
  if (!layout) return layout.error();
  return std::unique_ptr<MultipartSigned>(new MultipartSigned(message, *layout));
}

RewindableSource& MultipartSigned::content() {
  if (line_ends_ == LineEnds::crlf || is_binary_) return raw_content_;
  return canonical_content_;
}

RewindableSource& MultipartSigned::signature() {
  if (decoded_signature_) return *decoded_signature_;
  return raw_signature_;
}

}  // namespace culvert::crypto
