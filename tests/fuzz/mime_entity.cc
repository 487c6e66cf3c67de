// The front of an entity: the same however it is cut, the same again when it is written back in
// canonical form; a Content-Type that was read is read again with all its parameters.
#include "crypto/mime/entity.h"
#include "crypto/mime/entity_front.h"
#include "crypto/mime/header_reader.h"
#include "crypto/mime/mime_refusal.h"
#include "tests/fuzz/mime_support.h"

namespace culvert::crypto::fuzz {
namespace {

struct Front {
  std::string error;
  std::string header;
  std::size_t size = 0;
  LineEnds line_ends = LineEnds::crlf;
  bool operator==(const Front&) const = default;
};

Front front_of(ByteView entity, std::size_t step) {
  TricklingSource source(entity, step);
  auto front = read_entity_front(source);
  if (!front) {
    expect(mime_refusal_of(front.error()) == MimeRefusal::header_too_large);
    return {front.error().code, {}, 0, LineEnds::crlf};
  }
  return {{}, std::move(front->header), front->size, front->line_ends};
}

std::string written(const ContentType& type) {
  std::string out = type.media_type;
  for (const auto& parameter : type.parameters) {
    out += "; " + parameter.name + "=\"";
    for (const char c : parameter.value) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out += '"';
  }
  return out;
}

void check_type(const ContentType& type) {
  const auto again = parse_content_type(written(type));
  expect(again.has_value() && again->media_type == type.media_type);
  expect(again->parameters.size() == type.parameters.size());
  for (std::size_t i = 0; i < type.parameters.size(); ++i) {
    expect(again->parameters[i].name == type.parameters[i].name);
    expect(again->parameters[i].value == type.parameters[i].value);
  }
}

void check_canonical_form(ByteView input, const Front& front) {
  ViewSource source(input);
  CanonicalSource lines(source);
  const std::string canonical = text_of(lines, 4096);
  expect(is_canonical(canonical));
  TricklingSource trickle(input, cut_of(input));
  CanonicalSource slowly(trickle);
  expect(text_of(slowly, cut_of(input)) == canonical);
  const Front again = front_of(as_bytes(canonical), canonical.size() + 1);
  expect(again.header == front.header && again.line_ends == LineEnds::crlf);
  std::string_view shown = canonical;
  if (shown.starts_with(kByteOrderMark)) shown.remove_prefix(kByteOrderMark.size());
  expect(shown.starts_with(front.header));
}

// Where mail's header ends: as RFC 5322, 2.1 has it, for whoever reads it in pieces and for whoever
// has it whole.
void check_mail_header(ByteView input) {
  const std::string_view all = as_text(input);
  const std::size_t blank = all.find("\r\n\r\n");
  const std::size_t wanted = all.starts_with("\r\n") ? 0
                             : blank == all.npos     ? all.size()
                                                     : blank + 2;
  expect(split_entity(all).header.size() == wanted);
  TricklingSource source(input, cut_of(input));
  auto head = read_head(source);
  if (!head) {
    expect(mime_refusal_of(head.error()) == MimeRefusal::header_too_large);
    return;
  }
  expect(head->header == all.substr(0, wanted));
  expect(all.substr(wanted).starts_with(as_text(head->rest)));
}

void check_input(ByteView input) {
  check_mail_header(input);
  const Front front = front_of(input, input.size() + 1);
  expect(front_of(input, cut_of(input)) == front);
  if (!front.error.empty()) return;
  const Status fields = check_fields(front.header);
  expect(fields || mime_refusal_of(fields.error()) == MimeRefusal::bad_header);
  if (const auto kind = entity_kind(front.header)) check_type(kind->type);
  (void)smime_form(front.header);
  check_canonical_form(input, front);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
