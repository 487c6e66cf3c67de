// AuthEnvelopedData: opened at once and octet by octet it must give the same, and what opens can be
// sealed again and gives the same content.
#include "crypto/cms/enveloped.h"

#include "tests/fuzz/cms_support.h"

namespace culvert::crypto::fuzz {
namespace {

Result<Bytes> run(ByteView input, std::size_t step) {
  TricklingSource source(input, step);
  const auto reader = EnvelopedReader::open(source, keys());
  if (!reader) return reader.error();
  return read_all(**reader, input.size());
}

void check_again(const Bytes& content) {
  static const auto made =
      make_self_signed_tls(*Domain::parse("b.example"), from_unix(1'772'366'400));
  static const MemoryKeyRing* const ring = [] {
    auto* one = new MemoryKeyRing();  // lives as long as the process
    expect(one->add(made->key, made->certificate).ok());
    return one;
  }();
  Bytes sealed;
  BytesSink sink(sealed);
  auto writer = EnvelopedWriter::start(sink, {.recipients = {made->certificate}});
  expect(writer.ok() && (*writer)->write(content).ok() && (*writer)->finish().ok());
  ViewSource source(sealed);
  const auto reader = EnvelopedReader::open(source, *ring);
  expect(reader.ok());
  const auto again = read_all(**reader, content.size());
  expect(again.ok() && *again == content);
}

void check_input(ByteView input) {
  const auto whole = run(input, input.size() + 1);
  const auto pieces = run(input, 1);
  expect(whole.ok() == pieces.ok());
  if (!whole.ok()) {
    expect(whole.error().code == pieces.error().code);
    return;
  }
  expect(*whole == *pieces);
  check_again(*whole);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
