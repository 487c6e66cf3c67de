// Octets, time, UTF-8, streams, results and log text.
#include <gtest/gtest.h>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/base/utf8.h"

namespace culvert {
namespace {

TEST(Hex, GoesBothWays) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xab, 0xff}), "00abff");
  EXPECT_EQ(from_hex("00aBff"), (Bytes{0x00, 0xab, 0xff}));
  EXPECT_EQ(from_hex(""), Bytes{});
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex(" 0"));
}

TEST(SecretBytesTest, MovesAndLeavesNothingBehind) {
  SecretBytes one(as_bytes("secret"));
  SecretBytes two(std::move(one));
  EXPECT_EQ(as_text(two.view()), "secret");
  EXPECT_TRUE(one.empty());  // NOLINT: that is what is tested
  const SecretBytes three = two.clone();
  two = SecretBytes(3);
  EXPECT_EQ(as_text(three.view()), "secret");
  EXPECT_EQ(two.size(), 3U);
}

TEST(Compare, InConstantTimeTellsEqualFromDifferent) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(Wipe, OverwritesAll) {
  Bytes octets(100, 7);
  wipe(octets);
  EXPECT_EQ(octets, Bytes(100));
}

TEST(Clock, WritesTimesAsTheStandardsDo) {
  const Time t = from_unix(1'772'366'400);
  EXPECT_EQ(to_rfc3339(t), "2026-03-01T12:00:00Z");
  EXPECT_EQ(to_rfc5322(t), "Sun, 01 Mar 2026 12:00:00 +0000");
  EXPECT_EQ(from_rfc3339("2026-03-01T12:00:00Z"), t);
  EXPECT_EQ(to_unix(t), 1'772'366'400);
}

TEST(Clock, RefusesOtherSpellingsOfTimes) {
  for (const char* bad :
       {"", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01t12:00:00Z",
        "2026-03-01T12:00:00+00:00", "2026-02-30T12:00:00Z", "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:00.5Z", "2026-3-01T12:00:00Z", "2026-03-01T12:00:00Z "}) {
    EXPECT_FALSE(from_rfc3339(bad)) << bad;
  }
}

TEST(ManualClockTest, MovesByHandOnly) {
  ManualClock clock(from_unix(1000));
  const SteadyTime start = clock.steady();
  clock.advance(std::chrono::seconds(5));
  EXPECT_EQ(clock.now(), from_unix(1005));
  EXPECT_EQ(clock.steady() - start, std::chrono::seconds(5));
  clock.set_wall(from_unix(10));
  EXPECT_EQ(clock.now(), from_unix(10));
  EXPECT_EQ(clock.steady() - start, std::chrono::seconds(5));
}

TEST(Utf8, IsStrict) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\x88"));
  for (const char* bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff", "\xe2\x82"}) {
    EXPECT_FALSE(is_utf8(bad)) << to_hex(as_bytes(bad));
    EXPECT_EQ(utf8_sequence_length(bad), 0U);
  }
  EXPECT_EQ(utf8_sequence_length("\xe2\x82\xacx"), 3U);
  EXPECT_TRUE(is_ascii("abc\x7f"));
  EXPECT_FALSE(is_ascii("\xc3\xbc"));
}

// The attack of that name: nothing supplied from outside can begin a line of the log.
TEST(Printable, HeaderInjection) {
  EXPECT_EQ(printable("a\r\nb\tc"), "a??b?c");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "?");
  EXPECT_EQ(printable("\x1b[31m"), "?[31m");
  EXPECT_EQ(printable("\xff"), "?");
  EXPECT_EQ(printable("grün"), "grün");
  EXPECT_EQ(printable("abcdef", 3), "abc…");
}

TEST(Stream, ReadsFromMemoryAgainAndAgain) {
  ViewSource source(as_bytes("hello"));
  Bytes two(2);
  EXPECT_EQ(*source.read(two), 2U);
  EXPECT_EQ(to_text(*read_all(source, 10)), "llo");
  EXPECT_EQ(*source.read(two), 0U);
  ASSERT_TRUE(source.rewind().ok());
  EXPECT_EQ(to_text(*read_all(source, 5)), "hello");
}

TEST(Stream, ReadsNoMoreThanAllowed) {
  ViewSource source(as_bytes("hello"));
  const auto all = read_all(source, 4);
  ASSERT_FALSE(all.ok());
  EXPECT_EQ(all.error().code, "too-large");
}

TEST(Stream, CopiesAll) {
  const Bytes octets(3 * kStreamChunkBytes + 5, 'x');
  ViewSource source(octets);
  Bytes out;
  BytesSink sink(out);
  EXPECT_EQ(*copy_all(source, sink), octets.size());
  EXPECT_EQ(out, octets);
}

class FullSink final : public Sink {
 public:
  Status write(ByteView) override { return temporary_error("disk-full", "no room"); }
};

TEST(Stream, HandsErrorsOn) {
  ViewSource source(as_bytes("hello"));
  FullSink full;
  const auto copied = copy_all(source, full);
  ASSERT_FALSE(copied.ok());
  EXPECT_EQ(copied.error().fault, Fault::temporary);
}

TEST(ResultTest, IsAValueOrAnError) {
  const Result<int> good(3);
  const Result<int> bad(permanent_error("code", "text", "detail"));
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, "code");
  EXPECT_EQ(bad.error().fault, Fault::permanent);
  EXPECT_TRUE(done().ok());
}

}  // namespace
}  // namespace culvert
