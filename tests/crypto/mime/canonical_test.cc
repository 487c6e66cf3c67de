#include "crypto/mime/canonical.h"

#include "crypto/mime/entity_front.h"
#include "crypto/mime/header_limits.h"
#include "crypto/mime/part_source.h"
#include "tests/crypto/mime/support.h"

namespace culvert::crypto::testing {
namespace {

struct Case {
  std::string_view text;
  std::string_view canonical;
  LineEnds line_ends;
};

const std::vector<Case> kCases{
    {"", "", LineEnds::crlf},
    {"a", "a", LineEnds::crlf},
    {"a\r\nb\r\n", "a\r\nb\r\n", LineEnds::crlf},
    {"a\nb\n", "a\r\nb\r\n", LineEnds::converted},
    {"\n", "\r\n", LineEnds::converted},
    {"\n\n\r\n\n", "\r\n\r\n\r\n\r\n", LineEnds::converted},
    {"a\r\nb\n", "a\r\nb\r\n", LineEnds::converted},
    {"a\rb\r", "a\rb\r", LineEnds::crlf},
    {"\r\r\n", "\r\r\n", LineEnds::crlf},
    {"\r\n\r\r", "\r\n\r\r", LineEnds::crlf},
};

TEST(CanonicalSource, GivesEveryLineItsCrlfHoweverItIsCut) {
  for (const Case& c : kCases) {
    for (const std::size_t in : kSteps) {
      for (const std::size_t out : kSteps) {
        TricklingSource source(as_bytes(c.text), in);
        CanonicalSource canonical(source);
        EXPECT_EQ(read_in_pieces(canonical, out), c.canonical) << in << " " << out;
        EXPECT_EQ(canonical.line_ends(), c.line_ends);
      }
    }
  }
}

TEST(CanonicalSource, StartsAgain) {
  const std::string text = "a\nb";
  ViewSource source(as_bytes(text));
  CanonicalSource canonical(source);
  Bytes two(2);
  ASSERT_EQ(*canonical.read(two), 2U);
  ASSERT_TRUE(canonical.rewind().ok());
  EXPECT_EQ(read_in_pieces(canonical, 100), "a\r\nb");
}

TEST(CanonicalSource, LeavesWhatIsCanonicalAlone) {
  std::string text;
  for (int i = 0; i < 50'000; ++i)
    text += std::string(static_cast<std::size_t>(i % 79), 'x') + (i % 3 == 0 ? "\n" : "\r\n");
  ViewSource source(as_bytes(text));
  CanonicalSource once(source);
  const std::string canonical = read_in_pieces(once, 65536);
  ViewSource again(as_bytes(canonical));
  CanonicalSource twice(again);
  EXPECT_TRUE(read_in_pieces(twice, 1000) == canonical);
  EXPECT_EQ(twice.line_ends(), LineEnds::crlf);
}

TEST(EntityFront, EndsAtTheFirstEmptyLineOfEitherKind) {
  const std::vector<std::pair<std::string_view, std::size_t>> texts{
      {"A: b\r\nC: d\r\n\r\nbody", 14},
      {"A: b\nC: d\n\nbody\r\n\r\n", 11},
      {"A: b\nC: d\n\r\nbody\n\n", 12},
      {"A: b\r\nC: d\r\n\nbody", 13},
      {"\r\nbody", 2},
      {"\nbody", 1},
      {"A: b\r\nC: d", 10},
      {"", 0},
  };
  for (const auto& [text, size] : texts) {
    for (const std::size_t step : kSteps) {
      TricklingSource source(as_bytes(text), step);
      const auto front = read_entity_front(source);
      ASSERT_TRUE(front.ok());
      EXPECT_EQ(front->size, size) << text;
      const bool is_empty = size < 3;
      EXPECT_EQ(front->header.substr(0, 10), is_empty ? "" : "A: b\r\nC: d") << text;
      EXPECT_EQ(read_in_pieces(source, step), text);
    }
  }
}

TEST(EntityFront, RefusesAHeaderThatIsTooLarge) {
  const std::string large = "A: " + std::string(kMessageHeader.bytes, 'x') + "\r\n\r\n";
  ViewSource source(as_bytes(large));
  const auto front = read_entity_front(source);
  ASSERT_FALSE(front.ok());
  EXPECT_EQ(mime_refusal_of(front.error()), MimeRefusal::header_too_large);

  std::string many;
  for (std::size_t i = 0; i <= kMessageHeader.fields; ++i)
    many += "A: b\n";
  ViewSource fields(as_bytes(many));
  EXPECT_FALSE(read_entity_front(fields).ok());
}

TEST(PartSource, ReadsTwoPartsInTurns) {
  const std::string text = "0123456789";
  TricklingSource source(as_bytes(text), 100);
  SharedInput input(source);
  PartSource first(input, 1, 5);
  PartSource second(input, 5, 9);
  PartSource none(input, 5, 5);
  Bytes two(2);
  ASSERT_EQ(*second.read(two), 2U);
  EXPECT_EQ(as_text(two), "56");
  ASSERT_EQ(*first.read(two), 2U);
  EXPECT_EQ(as_text(two), "12");
  EXPECT_EQ(read_in_pieces(second, 3), "78");
  EXPECT_EQ(read_in_pieces(first, 3), "34");
  ASSERT_TRUE(first.rewind().ok());
  EXPECT_EQ(read_in_pieces(first, 1), "1234");
  EXPECT_EQ(read_in_pieces(none, 1), "");
}

TEST(PartSource, SaysThatItsInputChanged) {
  const std::string text = "0123";
  ViewSource source(as_bytes(text));
  SharedInput input(source);
  PartSource part(input, 2, 9);
  EXPECT_EQ(read_in_pieces(part, 100), "error: input-changed");
  PartSource beyond(input, 7, 9);
  EXPECT_EQ(read_in_pieces(beyond, 100), "error: input-changed");
}

}  // namespace
}  // namespace culvert::crypto::testing
