// multipart/signed: read at once and in pieces it must give the same parts, and what was read
// must be read again when it is written back.
#include "crypto/mime/multipart_signed.h"

#include "crypto/mime/mime_refusal.h"
#include "crypto/mime/smime_entity.h"
#include "tests/fuzz/mime_support.h"

namespace culvert::crypto::fuzz {
namespace {

struct Parts {
  std::string error;
  std::string content;
  std::string signature;
  LineEnds line_ends = LineEnds::crlf;
  bool operator==(const Parts&) const = default;
};

Parts split(ByteView message, std::size_t step) {
  TricklingSource source(message, step);
  const auto parts = MultipartSigned::open(source);
  if (!parts) {
    expect(mime_refusal_of(parts.error()).has_value());
    return {parts.error().code, {}, {}, LineEnds::crlf};
  }
  Parts out;
  out.signature = text_of((*parts)->signature(), step);
  out.content = text_of((*parts)->content(), step);
  out.line_ends = (*parts)->line_ends();
  return out;
}

// Nothing if the content holds our boundary.
std::optional<Bytes> joined(const Parts& parts) {
  Bytes out;
  BytesSink sink(out);
  MultipartSignedWriter writer({make_boundary(Bytes(16, 1)), "sha-256"}, sink);
  if (!writer.write_entity(as_bytes(parts.content)).ok()) return std::nullopt;
  if (!writer.write_signature(as_bytes(parts.signature)).ok()) return std::nullopt;
  expect(writer.finish().ok());
  return out;
}

void check_input(ByteView input) {
  Parts parts = split(input, input.size() + 1);
  expect(split(input, cut_of(input)) == parts);
  if (!parts.error.empty()) return;
  expect(is_canonical(parts.content));
  const auto again = joined(parts);
  if (!again) return;
  parts.line_ends = LineEnds::crlf;
  const Parts read = split(*again, again->size());
  // A part whose own header is too large or has our boundary was refused before.
  expect(read == parts);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
