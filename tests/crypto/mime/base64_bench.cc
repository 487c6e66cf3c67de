// How fast base64 is written and read, counted in octets and not in characters: 8 MiB in lines as
// mail has them, through the streams that the node uses. Botan's codec beside it, one line for all.
//     base64_bench [--benchmark_filter=PATTERN]
#include <benchmark/benchmark.h>
#include <botan/base64.h>

#include <algorithm>
#include <array>
#include <random>

#include "crypto/base/limits.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/base64_groups.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kOctets = std::size_t{8} << 20;

class Counter final : public Sink {
 public:
  Status write(ByteView bytes) override {
    count += bytes.size();
    return done();
  }
  std::size_t count = 0;
};

const Bytes& octets() {
  static const Bytes made = [] {
    std::mt19937 random(1);
    Bytes out(kOctets);
    std::generate(out.begin(), out.end(), [&] { return static_cast<std::uint8_t>(random()); });
    // The header of one object that holds all the others: Base64Source reads objects.
    constexpr std::array<std::uint8_t, 5> kHeader{0x04, 0x83, 0x7f, 0xff, 0xfb};
    std::copy(kHeader.begin(), kHeader.end(), out.begin());
    return out;
  }();
  return made;
}

// In lines that end in `line_end`.
Bytes text(std::string_view line_end) {
  Bytes out;
  BytesSink sink(out);
  Base64Encoder encoder(sink);
  if (!encoder.write(octets()) || !encoder.finish()) std::abort();
  if (line_end == "\n") std::erase(out, std::uint8_t{'\r'});
  return out;
}

void count_octets(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kOctets));
}

void encode_lines(benchmark::State& state) {
  const ByteView all = octets();
  const auto step = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    Counter sink;
    Base64Encoder encoder(sink);
    for (std::size_t at = 0; at < all.size(); at += step) {
      if (!encoder.write(all.subspan(at, std::min(step, all.size() - at)))) std::abort();
    }
    if (!encoder.finish()) std::abort();
    benchmark::DoNotOptimize(sink.count);
  }
  count_octets(state);
}
BENCHMARK(encode_lines)->Arg(kStreamChunkBytes)->Arg(1000)->Arg(kOctets);

void decode_lines(benchmark::State& state, std::string_view line_end) {
  const Bytes all = text(line_end);
  Bytes into(kStreamChunkBytes);
  for (auto _ : state) {
    ViewSource view(all);
    Base64Source source(view);
    std::size_t total = 0;
    while (true) {
      const auto count = source.read(into);
      if (!count) std::abort();
      if (*count == 0) break;
      total += *count;
    }
    if (total != kOctets) std::abort();
  }
  count_octets(state);
}
BENCHMARK_CAPTURE(decode_lines, crlf, "\r\n");
BENCHMARK_CAPTURE(decode_lines, lf, "\n");

void encode_one_line(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(to_base64(octets()));
  count_octets(state);
}
BENCHMARK(encode_one_line);

void decode_one_line(benchmark::State& state) {
  const std::string all = to_base64(octets());
  for (auto _ : state)
    benchmark::DoNotOptimize(from_base64(all).ok());
  count_octets(state);
}
BENCHMARK(decode_one_line);

// What is left of both where there is no AVX2.
constexpr std::size_t kLineOctets = 57, kLineCharacters = 76, kWrittenLine = 78;
constexpr std::size_t kWholeLines = kOctets / kLineOctets;

void encode_lines_by_table(benchmark::State& state) {
  Bytes into(kWholeLines * kWrittenLine);
  for (auto _ : state) {
    for (std::size_t i = 0; i < kWholeLines; ++i) {
      std::uint8_t* const to = into.data() + i * kWrittenLine;
      encode_groups_by_table(ByteView(octets()).subspan(i * kLineOctets, kLineOctets), to);
      to[kLineCharacters] = '\r';
      to[kLineCharacters + 1] = '\n';
    }
  }
  count_octets(state);
}
BENCHMARK(encode_lines_by_table);

void decode_lines_by_table(benchmark::State& state) {
  const Bytes all = text("\r\n");
  Bytes into(kOctets);
  for (auto _ : state) {
    for (std::size_t i = 0; i < kWholeLines; ++i) {
      const ByteView line = ByteView(all).subspan(i * kWrittenLine, kLineCharacters);
      if (!decode_groups_by_table(line, into.data() + i * kLineOctets)) std::abort();
    }
  }
  count_octets(state);
}
BENCHMARK(decode_lines_by_table);

void botan_encode(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(Botan::base64_encode(octets()));
  count_octets(state);
}
BENCHMARK(botan_encode);

void botan_decode(benchmark::State& state) {
  const std::string all = Botan::base64_encode(octets());
  Bytes into(Botan::base64_decode_max_output(all.size()));
  for (auto _ : state)
    benchmark::DoNotOptimize(Botan::base64_decode(into.data(), all, false));
  count_octets(state);
}
BENCHMARK(botan_decode);

}  // namespace
}  // namespace culvert::crypto

BENCHMARK_MAIN();
