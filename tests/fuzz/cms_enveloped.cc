// AuthEnvelopedData and EnvelopedData: opened at once and in pieces it must give the same, and what
// opens can be sealed again in its kind and gives the same content. Two programs of it, one for the
// seeds of each kind.
#include "crypto/cms/enveloped.h"

#include "crypto/cms/refusal.h"
#include "tests/fuzz/cms_support.h"

namespace culvert::crypto::fuzz {
namespace {

struct Opened {
  SealKind kind;
  Bytes content;
  bool operator==(const Opened&) const = default;
};

Result<Opened> run(ByteView input, std::size_t step) {
  TricklingSource source(input, step);
  const auto reader = EnvelopedReader::open(source, keys());
  if (!reader) return reader.error();
  auto content = read_all(**reader, input.size());
  if (!content) return content.error();
  return Opened{(*reader)->kind(), *std::move(content)};
}

// For a key that both sides hold, which costs no arithmetic of public keys.
void check_again(const Opened& opened) {
  static const auto key = std::make_shared<const SecretBytes>(32);
  static const Bytes identifier = {1};
  static const MemoryKeyRing* const ring = [] {
    auto* one = new MemoryKeyRing();  // lives as long as the process
    one->add_shared_key(identifier, key->clone());
    return one;
  }();
  Bytes sealed;
  BytesSink sink(sealed);
  EnvelopedOptions options{.recipients = {SharedKey{identifier, key}}};
  if (opened.kind == SealKind::enveloped)
    options.cipher = find_cipher(Oid{"2.16.840.1.101.3.4.1.2"}.octets());
  auto writer = EnvelopedWriter::start(sink, options);
  expect(writer.ok() && (*writer)->write(opened.content).ok() && (*writer)->finish().ok());
  ViewSource source(sealed);
  const auto reader = EnvelopedReader::open(source, *ring);
  expect(reader.ok());
  const auto again = read_all(**reader, opened.content.size());
  expect(again.ok() && *again == opened.content && (*reader)->kind() == opened.kind);
}

void check_input(ByteView input) {
  const auto whole = run(input, input.size() + 1);
  const auto pieces = run(input, cut_of(input));
  expect(whole.ok() == pieces.ok());
  if (!whole.ok()) {
    expect(refusal_of(whole.error()).has_value());
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
