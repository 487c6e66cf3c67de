#include "crypto/mime/header_reader.h"

#include <gtest/gtest.h>

#include <csignal>

#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

// Gives one octet a call, the worst that a source may do.
class SlowSource final : public Source {
 public:
  explicit SlowSource(std::string_view text) : text_(text) {}
  Result<std::size_t> read(MutableBytes into) override {
    if (text_.empty()) return std::size_t{0};
    into[0] = static_cast<std::uint8_t>(text_.front());
    text_.remove_prefix(1);
    return std::size_t{1};
  }

 private:
  std::string_view text_;
};

struct Row {
  std::string_view octets;
  std::string_view header;
  std::size_t fields;
};

constexpr Row kMail[] = {
    {"A: b\r\n\r\nbody\r\n", "A: b\r\n", 1},
    {"\r\nbody", "", 0},
    {"A: b\r\n", "A: b\r\n", 1},
    {"A: b", "A: b", 1},
    {"", "", 0},
    {"x\r\n y\r\nz\r\n\r\nz", "x\r\n y\r\nz\r\n", 2},
    {" x\r\n\ty\r\n\r\n", " x\r\n\ty\r\n", 1},
    // Named attack: Two readers. Only CRLF ends a line, and only CRLF behind it the header.
    {"A: b\n\nC: d\r\n\r\ne", "A: b\n\nC: d\r\n", 1},
    {"A: b\r\n\nC: d\r\n\r\ne", "A: b\r\n\nC: d\r\n", 2},
    {"A: b\n\r\nC: d\r\n\r\ne", "A: b\n\r\nC: d\r\n", 2},
    {"A: b\r\r\n\r\ne", "A: b\r\r\n", 1},
    {"A: b\r\n\r\r\n\r\ne", "A: b\r\n\r\r\n", 2},
    {"\n\r\n\r\ne", "\n\r\n", 1},
};

constexpr Row kFiles[] = {
    {"A: b\n\nC: d\n", "A: b\n", 1},
    {"A: b\r\n\nC: d\n", "A: b\r\n", 1},
    {"A: b\n\r\nC: d\n", "A: b\n", 1},
    {"\nA: b\n", "", 0},
    {"A: b\n c\nD: e\n\n", "A: b\n c\nD: e\n", 2},
};

void expect_row(const Row& row, HeaderLines lines, std::size_t piece) {
  SCOPED_TRACE(std::string(row.octets) + " in pieces of " + std::to_string(piece));
  HeaderReader reader(kMessageHeader, lines);
  std::size_t at = 0;
  while (at < row.octets.size() && !reader.has_ended()) {
    const std::string_view octets = row.octets.substr(at, piece);
    ASSERT_TRUE(reader.write(as_bytes(octets)).ok());
    at += octets.size();
  }
  ASSERT_TRUE(reader.finish().ok());
  EXPECT_EQ(reader.header(), row.header);
  EXPECT_EQ(std::string(reader.header()) + std::string(reader.rest()), row.octets.substr(0, at));
  EXPECT_EQ(reader.scan().fields(), row.fields);
  EXPECT_EQ(reader.body().size(), reader.rest().size() - reader.scan().empty_line_bytes());
}

TEST(HeaderReader, FindsTheSameEndHoweverItIsCut) {
  for (std::size_t piece = 1; piece <= 20; ++piece) {
    for (const Row& row : kMail)
      expect_row(row, HeaderLines::crlf, piece);
    for (const Row& row : kFiles)
      expect_row(row, HeaderLines::crlf_or_lf, piece);
  }
}

TEST(HeaderReader, SplitsWhatIsInMemoryAtTheSamePlace) {
  for (const Row& row : kMail) {
    const SplitEntity split = split_entity(row.octets);
    EXPECT_EQ(split.header, row.header);
    const std::size_t behind = std::min(row.octets.size(), row.header.size() + 2);
    EXPECT_EQ(split.body, row.octets.substr(behind));
  }
}

TEST(HeaderReader, ReadsAheadAndGivesWhatItRead) {
  for (const Row& row : kMail) {
    ViewSource whole(as_bytes(row.octets));
    SlowSource slow(row.octets);
    for (Source* source : {static_cast<Source*>(&whole), static_cast<Source*>(&slow)}) {
      auto head = read_head(*source);
      ASSERT_TRUE(head.ok());
      EXPECT_EQ(head->header, row.header);
      JoinedSource rest(std::move(head->rest), *source);
      EXPECT_EQ(head->header + to_text(*read_all(rest, 1000)), row.octets);
    }
  }
}

// True if a header of these octets, given in pieces, is taken.
bool is_taken(std::string_view octets, std::size_t piece, HeaderLines lines = HeaderLines::crlf) {
  constexpr HeaderLimits kSmall{20, 3, 0};
  HeaderReader reader(kSmall, lines);
  for (; !octets.empty() && !reader.has_ended();
       octets.remove_prefix(std::min(piece, octets.size()))) {
    const Status taken = reader.write(as_bytes(octets.substr(0, piece)));
    if (taken) continue;
    EXPECT_EQ(mime_refusal_of(taken.error()), MimeRefusal::header_too_large);
    return false;
  }
  return reader.finish().ok();
}

TEST(HeaderReader, HoldsItsLimitsHoweverItIsCut) {
  for (std::size_t piece = 1; piece <= 24; ++piece) {
    SCOPED_TRACE(piece);
    EXPECT_TRUE(is_taken("A: 345678901234567\r\n\r\nbody", piece));
    EXPECT_FALSE(is_taken("A: 3456789012345678\r\n\r\nbody", piece));
    EXPECT_TRUE(is_taken("A: 34567890123456789", piece));
    EXPECT_FALSE(is_taken("A: 345678901234567890", piece));
    EXPECT_TRUE(is_taken("a:\r\nb:\r\n b\r\nc:\r\n\r\n", piece));
    EXPECT_FALSE(is_taken("a:\r\nb:\r\nc:\r\nd:\r\n\r\n", piece));
    EXPECT_FALSE(is_taken("a:\r\nb:\r\nc:\r\nd:", piece));
    // Each LF counts as the CRLF that it becomes.
    EXPECT_TRUE(is_taken("A: 345678901234567\n\nbody", piece, HeaderLines::crlf_or_lf));
    EXPECT_FALSE(is_taken("A: 3456789012345678\n\nbody", piece, HeaderLines::crlf_or_lf));
  }
}

TEST(HeaderReader, NamesTheLimitThatWasPassed) {
  const std::string endless(kMessageHeader.bytes + 1, 'x');
  ViewSource source(as_bytes(endless));
  const auto head = read_head(source);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.error().code, "header-too-large");
  EXPECT_NE(head.error().text.find("too many octets: at most 262144 octets"), std::string::npos);
}

TEST(HeaderReader, LeavesRoomForWhatIsAddedOnTheWay) {
  EXPECT_LT(kInsideHeader.bytes, kMessageHeader.bytes);
  EXPECT_LT(kInsideHeader.fields, kMessageHeader.fields);
  EXPECT_LT(kInsideHeader.received_fields, kMessageHeader.received_fields);
}

TEST(HeaderReaderDeathTest, TakesNothingBehindTheEnd) {
  HeaderReader reader(kMessageHeader);
  ASSERT_TRUE(reader.write(as_bytes("\r\n")).ok());
  EXPECT_EXIT((void)reader.write(as_bytes("x")), testing::KilledBySignal(SIGABRT), "");
}

}  // namespace
}  // namespace culvert::crypto
