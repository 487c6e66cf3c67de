#include "crypto/cms/compressed.h"

#include <zlib.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "crypto/base/limits.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/limits.h"
#include "tests/crypto/cms/support.h"
#include "tests/support/processor_time.h"

namespace culvert::crypto::testing {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 30;
constexpr Oid kZlib{"1.2.840.113549.1.9.16.3.8"};

Bytes zeros(std::size_t size) { return Bytes(size); }

// A zlib stream, made by zlib.
Bytes deflated(ByteView content, int level = 9) {
  uLongf size = compressBound(content.size());
  Bytes out(size);
  EXPECT_EQ(compress2(out.data(), &size, content.data(), content.size(), level), Z_OK);
  out.resize(size);
  return out;
}

// The parts of a CompressedData, to be changed one at a time.
struct Parts {
  Bytes stream;
  Bytes version = der_integer(0);
  Bytes algorithm = der_algorithm(kZlib);
  Oid type = kOidData;
  Bytes behind{};  // inside EncapsulatedContentInfo
};

Bytes in_der(const Parts& parts) {
  const Bytes content = der(context_tag(0), {der_octet_string(parts.stream)});
  const Bytes inner = der_sequence({der_oid(parts.type), content, parts.behind});
  const Bytes all = der_sequence({parts.version, parts.algorithm, inner});
  return der_sequence({der_oid(kOidCompressedData), der(context_tag(0), {all})});
}

// Of indefinite length throughout, the stream in pieces of `step` octets with an empty one between.
Bytes in_ber(const Parts& parts, std::size_t step) {
  Bytes out;
  append_indefinite(out, kTagSequence);
  append(out, ByteView(der_oid(kOidCompressedData)));
  append_indefinite(out, context_tag(0));
  append_indefinite(out, kTagSequence);
  append(out, ByteView(parts.version));
  append(out, ByteView(parts.algorithm));
  append_indefinite(out, kTagSequence);
  append(out, ByteView(der_oid(parts.type)));
  append_indefinite(out, context_tag(0));
  append_indefinite(out, kTagOctetString | kConstructedBit);
  for (std::size_t at = 0; at < parts.stream.size(); at += step) {
    const std::size_t size = std::min(step, parts.stream.size() - at);
    append(out, ByteView(der_octet_string(ByteView(parts.stream).subspan(at, size))));
    append(out, ByteView(der_octet_string({})));
  }
  append_end(out, 6);
  return out;
}

struct Reading {
  std::uint64_t limit = kLimit;
  std::size_t step = std::size_t{1} << 30;  // octets of input at once
  std::size_t room = 5000;                  // octets of output at once
};

Result<Bytes> inflated(ByteView cms, const Reading& reading = {}) {
  TricklingSource source(cms, reading.step);
  const auto reader = CompressedDataReader::open(source, reading.limit);
  if (!reader) return reader.error();
  Bytes out, into(reading.room);
  while (true) {
    const auto count = (*reader)->read(into);
    if (!count) {
      const auto again = (*reader)->read(into);
      EXPECT_TRUE(!again.ok() && again.error().code == count.error().code);
      return count.error();
    }
    if (*count == 0) return out;
    append(out, ByteView(into).first(*count));
  }
}

TEST(CompressedData, GivesWhatZlibCompressed) {
  for (const std::size_t size : {0UL, 1UL, 100UL, 65536UL, 300'000UL}) {
    for (const int level : {0, 1, 9}) {
      Bytes content = pattern(size);
      std::fill_n(content.begin(), size / 2, std::uint8_t{'a'});
      const Parts parts{deflated(content, level)};
      const auto from_der = inflated(in_der(parts));
      ASSERT_TRUE(from_der.ok()) << from_der.error().code << " " << size;
      EXPECT_EQ(*from_der, content);
      const auto from_ber = inflated(in_ber(parts, 1000));
      EXPECT_TRUE(from_ber.ok() && *from_ber == content) << size;
    }
  }
}

TEST(CompressedData, GivesTheSameHoweverInputAndOutputAreCut) {
  const Bytes content = pattern(3000);
  const Bytes cms = in_ber({deflated(content)}, 7);
  for (const std::size_t step : {1, 2, 3, 100}) {
    for (const std::size_t room : {1, 7, 100000}) {
      const auto read = inflated(cms, {kLimit, step, room});
      ASSERT_TRUE(read.ok() && *read == content) << step << " " << room;
    }
  }
}

// Zeros, so that much stands behind few octets, cut where zlib or the encoding notices it.
TEST(CompressedData, GivesTheSameBeforeDamageHoweverItIsRead) {
  const auto before = [](ByteView cms, const Reading& reading) {
    TricklingSource source(cms, reading.step);
    const auto reader = *CompressedDataReader::open(source, reading.limit);
    Bytes out, into(reading.room);
    Result<std::size_t> count = std::size_t{0};
    while ((count = reader->read(into)) && *count > 0)
      append(out, ByteView(into).first(*count));
    return std::pair(out, count ? std::string() : count.error().code);
  };
  Bytes stream = deflated(zeros(60'000));
  stream.back() ^= 1;
  const Bytes cms = in_der({stream});
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    const ByteView front = ByteView(cms).first(cms.size() - cut);
    const auto whole = before(front, {kLimit, cms.size(), 100'000});
    EXPECT_EQ(whole.second, cut == 0 ? "bad-compression" : "truncated");
    for (const std::size_t room : {1000, 7}) {
      ASSERT_TRUE(before(front, {kLimit, 1, room}) == whole) << cut << " " << room;
    }
  }
}

TEST(CompressedData, NamesTheTypeOfItsContent) {
  const Bytes cms = in_der({.stream = deflated(pattern(10)), .type = kOidSignedData});
  ViewSource source(cms);
  const auto reader = CompressedDataReader::open(source, kLimit);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->content_type(), "1.2.840.113549.1.7.2");
}

TEST(CompressedData, AcceptsNullInPlaceOfAbsentParameters) {
  const Bytes cms = in_der({.stream = deflated(pattern(10)),
                            .algorithm = der_sequence({der_oid(kZlib), der(kTagNull, {})})});
  EXPECT_TRUE(inflated(cms).ok());
}

TEST(CompressedData, RefusesEachDeviationWithItsReason) {
  const Bytes content = pattern(1000);
  const Bytes good = deflated(content);
  const auto stream_with = [&](auto change) {
    Bytes stream = good;
    change(stream);
    return in_der({stream});
  };
  const Bytes other = der_algorithm(Oid{"1.3.6.1.4.1.55555.20"});
  const Bytes strange = der_sequence({der_oid(kZlib), der_integer(9)});
  Bytes twice = in_der({good});
  append(twice, ByteView(in_der({good})));
  const std::vector<std::pair<Bytes, Refusal>> cases{
      {in_der({.stream = good, .version = der_integer(1)}), Refusal::unexpected_element},
      {in_der({.stream = good, .version = der_integer(3)}), Refusal::unexpected_element},
      {in_der({.stream = good, .algorithm = other}), Refusal::unsupported_compression},
      {in_der({.stream = good, .algorithm = strange}), Refusal::unsupported_compression},
      {in_der({.stream = good, .behind = der_integer(1)}), Refusal::unexpected_element},
      {in_der({.stream = {}}), Refusal::bad_compression},
      {stream_with([](Bytes& s) { s.pop_back(); }), Refusal::bad_compression},
      {stream_with([](Bytes& s) { s.resize(s.size() - 4); }), Refusal::bad_compression},
      {stream_with([](Bytes& s) { s.resize(2); }), Refusal::bad_compression},
      {stream_with([](Bytes& s) { s.back() ^= 1; }), Refusal::bad_compression},
      {stream_with([](Bytes& s) { s.push_back(0); }), Refusal::bad_compression},
      {stream_with([&](Bytes& s) { append(s, ByteView(good)); }), Refusal::bad_compression},
      {stream_with([](Bytes& s) { s.erase(s.begin(), s.begin() + 2); }), Refusal::bad_compression},
      {stream_with([](Bytes& s) {
         s[0] = 0x1f;
         s[1] = 0x8b;
       }),
       Refusal::bad_compression},
      {stream_with([](Bytes& s) { s[1] = 0xbb; }), Refusal::unsupported_compression},
      {twice, Refusal::trailing_octets},
      {sign(content, Node("a.example")), Refusal::not_cms},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto read = inflated(cases[i].first);
    ASSERT_FALSE(read.ok()) << i;
    EXPECT_EQ(read.error().code, refusal_code(cases[i].second)) << i << " " << read.error().detail;
    const auto slow = inflated(cases[i].first, {kLimit, 1, 1});
    ASSERT_FALSE(slow.ok()) << i;
    EXPECT_EQ(slow.error().code, read.error().code) << i;
  }
}

TEST(CompressedData, IsRefusedWhereverItIsCut) {
  const Parts parts{deflated(pattern(300))};
  for (const Bytes& cms : {in_der(parts), in_ber(parts, 50)}) {
    for (std::size_t size = 0; size < cms.size(); ++size) {
      const auto read = inflated(ByteView(cms).first(size));
      ASSERT_FALSE(read.ok()) << size;
      EXPECT_TRUE(refusal(read)) << read.error().code;
    }
  }
}

TEST(CompressedData, IsRefusedOrTheSameAfterEachFlippedBit) {
  const Bytes content = to_bytes("Each of these words is worth a look, each of these words.");
  const Bytes cms = in_der({deflated(content)});
  for (std::size_t bit = 0; bit < cms.size() * 8; ++bit) {
    Bytes flipped = cms;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    const auto read = inflated(flipped);
    if (read.ok()) {
      EXPECT_EQ(*read, content) << bit;
    } else {
      EXPECT_TRUE(refusal(read)) << bit << " " << read.error().code;
    }
  }
}

TEST(CompressedData, MayBeAsLargeAsTheLimitAndNoLarger) {
  const Bytes cms = in_der({deflated(pattern(100'000))});
  EXPECT_TRUE(inflated(cms, {.limit = 100'000}).ok());
  EXPECT_EQ(refusal(inflated(cms, {.limit = 99'999})), Refusal::content_too_large);
  EXPECT_EQ(refusal(inflated(cms, {.limit = 0})), Refusal::content_too_large);
}

TEST(CompressedData, MayHaveARatioOfAHundredOrBeShort) {
  EXPECT_TRUE(inflated(in_der({deflated(zeros(kHarmlessInflatedBytes))})).ok());
  EXPECT_EQ(refusal(inflated(in_der({deflated(zeros(60'000))}))), Refusal::compression_ratio);
  // Zeros, and as many octets that nothing compresses as the ratio wants, or half of them.
  for (const std::size_t zero_count : {1'000'000UL, 3'000'000UL, 20'000'000UL}) {
    Bytes content = pattern(zero_count / 90);
    content.insert(content.end(), zero_count, std::uint8_t{0});
    EXPECT_TRUE(inflated(in_der({deflated(content)})).ok()) << zero_count;
    content.erase(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(zero_count / 180));
    EXPECT_EQ(refusal(inflated(in_der({deflated(content)}))), Refusal::compression_ratio);
  }
}

TEST(CompressedData, MayBeginWithSomethingThatCompressesWell) {
  Bytes content = zeros(4'000'000);
  append(content, ByteView(pattern(500'000)));
  EXPECT_TRUE(inflated(in_der({deflated(content)})).ok());
  content.insert(content.begin(), 1'000'000, std::uint8_t{0});
  EXPECT_EQ(refusal(inflated(in_der({deflated(content)}))), Refusal::compression_ratio);
}

// The number of KiB behind `name` in /proc/self/status.
long status_kib(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::atol(line.c_str() + name.size() + 1);
  }
  return 0;
}

// Makes the peak (VmHWM) what is resident now (VmRSS).
void forget_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

// 200 MB of zeros, a million empty blocks, and a million pieces of one octet.
TEST(CompressedData, CostsLittleHoweverItIsMeantToCostMuch) {
  Bytes empty_blocks{0x78, 0x9c};
  for (int i = 0; i < 1'000'000; ++i)
    append(empty_blocks, ByteView(Bytes{0, 0, 0, 0xff, 0xff}));
  const std::vector<Bytes> bombs{in_der({deflated(zeros(200'000'000))}), in_der({empty_blocks}),
                                 in_ber({deflated(pattern(1'000'000), 0)}, 1)};
  for (const Bytes& bomb : bombs) {
    forget_peak();
    const long resident_before = status_kib("VmRSS");
    const ProcessorTime time;
    ViewSource source(bomb);
    const auto reader = CompressedDataReader::open(source, kLimit);
    ASSERT_TRUE(reader.ok());
    Bytes into(kStreamChunkBytes);
    Result<std::size_t> count = std::size_t{0};
    do {
      count = (*reader)->read(into);
    } while (count && *count > 0);
    EXPECT_LT(time.seconds(), 1);
    EXPECT_LT(status_kib("VmHWM") - resident_before, 1024);
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
