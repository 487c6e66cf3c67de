// CompressedData: read at once and in pieces it must give the same, within the bounds, and the
// content compressed again must be read again.
#include <zlib.h>

#include "crypto/cms/compressed.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/refusal.h"
#include "tests/fuzz/cms_support.h"

namespace culvert::crypto::fuzz {
namespace {

constexpr std::size_t kLimit = 1'000'000;

struct Outcome {
  std::string error;
  Bytes content;
  bool operator==(const Outcome&) const = default;
};

Outcome run(ByteView input, std::size_t step, std::size_t room) {
  TricklingSource source(input, step);
  const auto reader = CompressedDataReader::open(source, kLimit);
  if (!reader) return {reader.error().code, {}};
  Outcome out;
  Bytes into(room);
  while (true) {
    const auto count = (*reader)->read(into);
    if (!count) {
      expect(refusal_of(count.error()).has_value());
      out.error = count.error().code;
      return out;
    }
    if (*count == 0) return out;
    append(out.content, ByteView(into).first(*count));
  }
}

void check_again(const Bytes& content) {
  // Stored, so that any content has a ratio that is allowed.
  uLongf size = compressBound(content.size());
  Bytes stream(size);
  expect(compress2(stream.data(), &size, content.data(), content.size(), 0) == Z_OK);
  stream.resize(size);
  const Bytes inner =
      der_sequence({der_oid(kOidData), der(context_tag(0), {der_octet_string(stream)})});
  const Bytes all =
      der_sequence({der_integer(0), der_algorithm(Oid{"1.2.840.113549.1.9.16.3.8"}), inner});
  const Bytes cms = der_sequence({der_oid(kOidCompressedData), der(context_tag(0), {all})});
  expect(run(cms, cms.size(), 4096) == Outcome{{}, content});
}

void check_input(ByteView input) {
  const Outcome whole = run(input, input.size() + 1, 65536);
  const Outcome pieces = run(input, cut_of(input), 1000);
  expect(whole.error == pieces.error);
  // How much comes before a refusal of the size depends on the room that there was.
  if (whole.error != refusal_code(Refusal::content_too_large) &&
      whole.error != refusal_code(Refusal::compression_ratio)) {
    expect(whole.content == pieces.content);
  }
  expect(whole.content.size() <= kLimit);
  if (!whole.error.empty()) return;
  expect(whole.content.size() <=
         std::max<std::size_t>(kHarmlessInflatedBytes, kMaxCompressionRatio * input.size()));
  check_again(whole.content);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
