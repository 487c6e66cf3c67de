// How fast large objects are written and read, in octets of content: signed (opaque, ECDSA P-256
// with SHA-256), sealed (AES-256-GCM), and both inside base64 as between peers; SHA-256
// alone beside them. Content is made on the fly; what is read stands in memory. What is written is
// counted only, so no disk has a part in it.
//     cms_bench [--benchmark_filter=PATTERN]
#include <benchmark/benchmark.h>

#include "crypto/base/limits.h"
#include "crypto/cms/digester.h"
#include "crypto/mime/base64.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

constexpr std::size_t kContentOctets = 500'000'000;

class Counter final : public Sink {
 public:
  Status write(ByteView bytes) override {
    count += bytes.size();
    return done();
  }
  std::size_t count = 0;
};

template <typename T>
T must(Result<T> result) {
  if (!result) std::abort();
  return *std::move(result);
}
void must(const Status& status) {
  if (!status) std::abort();
}

const Node& node() {
  static const Node made("a.example");
  return made;
}

// Pieces of kStreamChunkBytes until kContentOctets are written.
void write_content(Sink& to) {
  static const Bytes chunk = pattern(kStreamChunkBytes);
  for (std::size_t left = kContentOctets; left > 0;) {
    const std::size_t count = std::min(left, chunk.size());
    must(to.write(ByteView(chunk).first(count)));
    left -= count;
  }
}

void read_content(Source& from) {
  Bytes chunk(kStreamChunkBytes);
  std::size_t total = 0;
  while (const std::size_t count = must(from.read(chunk)))
    total += count;
  if (total < kContentOctets) std::abort();
}

SigningOptions signing() {
  return {node().signing.key.key_id(), node().signing.certificate, kNow, SignatureType::domain};
}

void write_signed(Sink& to) {
  const auto writer = must(SignedDataWriter::start(to, node().keys, signing()));
  write_content(*writer);
  must(writer->finish());
}

void write_sealed(Sink& to) {
  const auto writer =
      must(EnvelopedWriter::start(to, {.recipients = {node().encryption.certificate}}));
  write_content(*writer);
  must(writer->finish());
}

void write_mail(Sink& to) {
  Base64Encoder base64(to);
  const auto sealed =
      must(EnvelopedWriter::start(base64, {.recipients = {node().encryption.certificate}}));
  write_signed(*sealed);
  must(sealed->finish());
  must(base64.finish());
}

void read_signed(Source& from) {
  const auto reader = must(SignedDataReader::open(from));
  read_content(*reader);
  if (!must(reader->finish({.known = {node().signing.certificate}})).valid()) std::abort();
}

void read_sealed(RewindableSource& from) {
  const auto reader = must(EnvelopedReader::open(from, node().keys));
  read_content(*reader);
}

void read_mail(RewindableSource& from) {
  Base64Source base64(from);
  const auto opened = must(EnvelopedReader::open(base64, node().keys));
  read_signed(*opened);
}

void measure_writing(benchmark::State& state, void (*write)(Sink&)) {
  for (auto _ : state) {
    Counter sink;
    write(sink);
    benchmark::DoNotOptimize(sink.count);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kContentOctets));
}

template <typename Read>
void measure_reading(benchmark::State& state, void (*write)(Sink&), Read read) {
  Bytes all;
  BytesSink sink(all);
  write(sink);
  for (auto _ : state) {
    ViewSource source(all);
    read(source);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kContentOctets));
}

void sha256_alone(Sink& to) {
  class Hash final : public Sink {
   public:
    Status write(ByteView bytes) override {
      digester.update(bytes);
      return done();
    }
    Digester digester;
  } hash;
  hash.digester.add(*find_digest(kOidSha256.octets()));
  write_content(hash);
  hash.digester.finish();
  must(to.write(*hash.digester.digest(kOidSha256.octets())));
}

BENCHMARK_CAPTURE(measure_writing, sha256_alone, sha256_alone)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure_writing, sign, write_signed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure_writing, seal, write_sealed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure_writing, sign_seal_base64, write_mail)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure_reading, verify, write_signed, read_signed)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure_reading, open, write_sealed, read_sealed)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(measure_reading, base64_open_verify, write_mail, read_mail)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace culvert::crypto::testing

BENCHMARK_MAIN();
