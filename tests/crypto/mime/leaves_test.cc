// What stands in a message beside what it is about.
#include "crypto/mime/leaves.h"

#include <gtest/gtest.h>

namespace culvert::crypto {
namespace {

struct Seen {
  std::vector<std::string> bodies;
  bool has_more = false;
};

Seen leaves_in(std::string_view message) {
  ViewSource source(as_bytes(message));
  SharedInput input(source);
  const auto found = leaves_of(input);
  EXPECT_TRUE(found.ok());
  Seen seen;
  for (const Leaf& leaf : found->leaves) {
    PartSource body(input, leaf.begin, leaf.end);
    Bytes octets;
    BytesSink sink(octets);
    EXPECT_TRUE(copy_all(body, sink).ok());
    seen.bodies.push_back(to_text(octets));
  }
  seen.has_more = found->has_more;
  return seen;
}

std::string multipart(std::string_view boundary, std::string_view parts) {
  return "Content-Type: multipart/mixed; boundary=\"" + std::string(boundary) + "\"\r\n\r\n" +
         std::string(parts);
}

TEST(Leaves, OfAMessageWithoutPartsAreItsBody) {
  const Seen seen = leaves_in("Subject: x\r\n\r\nbody\r\n");
  EXPECT_EQ(seen.bodies, std::vector<std::string>{"body\r\n"});
  EXPECT_FALSE(seen.has_more);
}

TEST(Leaves, OfOnePartAreAloneWhateverBlanksStandAround) {
  for (const char* parts :
       {"--b\r\n\r\nbody\r\n--b--\r\n", "\r\n \t\r\n--b\r\n\r\nbody\r\n--b--\r\n\r\n \r\n",
        "--b \r\n\r\nbody\r\n--b--", "--b\n\nbody\n--b--\n", "--b\r\n\r\nbody"}) {
    const Seen seen = leaves_in(multipart("b", parts));
    EXPECT_EQ(seen.bodies, std::vector<std::string>{"body"}) << parts;
    EXPECT_FALSE(seen.has_more) << parts;
  }
}

TEST(Leaves, ArePartsWithinPartsInTheirOrder) {
  const std::string inner = multipart("in", "--in\r\n\r\ntwo\r\n--in\r\n\r\nthree\r\n--in--\r\n");
  const Seen seen = leaves_in(multipart(
      "out", "--out\r\n\r\none\r\n--out\r\n" + inner + "\r\n--out\r\n\r\nfour\r\n--out--\r\n"));
  EXPECT_EQ(seen.bodies, (std::vector<std::string>{"one", "two", "three", "four"}));
  EXPECT_FALSE(seen.has_more);
}

TEST(Leaves, TextBesideThePartsIsMore) {
  for (const char* parts : {"This is a notice.\r\n--b\r\n\r\nbody\r\n--b--\r\n",
                            "--b\r\n\r\nbody\r\n--b--\r\n-- \r\nfooter",
                            "--b\r\n\r\nbody\r\n--b--\r\n--b\r\n\r\nbehind the end\r\n"}) {
    const Seen seen = leaves_in(multipart("b", parts));
    EXPECT_EQ(seen.bodies, std::vector<std::string>{"body"}) << parts;
    EXPECT_TRUE(seen.has_more) << parts;
  }
}

TEST(Leaves, TextBesideThePartsWithinAPartIsMore) {
  const std::string inner = multipart("in", "--in\r\n\r\nbody\r\n--in--\r\nfooter");
  EXPECT_TRUE(leaves_in(multipart("out", "--out\r\n" + inner + "\r\n--out--\r\n")).has_more);
}

// Readers that compare the beginning of a boundary line find two parts here.
TEST(Leaves, AreDividedByWhateverLineAnyReaderTakesForABoundary) {
  const Seen seen = leaves_in(multipart("b", "--b\r\n\r\none\r\n--bc\r\n\r\ntwo\r\n--b--\r\n"));
  EXPECT_EQ(seen.bodies.size(), 2u);
}

TEST(Leaves, AreBoundedInNumberAndDepth) {
  std::string many;
  for (std::size_t i = 0; i < kMaxParts; ++i)
    many += "--b\r\n\r\nx\r\n";
  EXPECT_FALSE(leaves_in(multipart("b", many + "--b--\r\n")).has_more);
  const Seen too_many = leaves_in(multipart("b", many + "--b\r\n\r\nx\r\n--b--\r\n"));
  EXPECT_EQ(too_many.bodies.size(), kMaxParts);
  EXPECT_TRUE(too_many.has_more);
  std::string deep = "\r\nx\r\n";
  for (std::size_t level = 1; level <= kMaxLeafLevels; ++level) {
    const std::string name = "level" + std::to_string(level);
    deep = multipart(name, "--" + name + "\r\n" + deep + "\r\n--" + name + "--\r\n");
  }
  EXPECT_EQ(leaves_in(deep).bodies.size(), 1u);
  EXPECT_FALSE(leaves_in(deep).has_more);
  const Seen deeper = leaves_in(multipart("top", "--top\r\n" + deep + "\r\n--top--\r\n"));
  EXPECT_TRUE(deeper.bodies.empty());
  EXPECT_TRUE(deeper.has_more);
}

// Named attack: MIME bomb. Empty multiparts are no leaves, and each would cost a pass over the
// rest.
TEST(Leaves, EmptyMultipartsCountAsParts) {
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += "--b\r\nContent-Type: multipart/a; boundary=z\r\n\r\n";
  const std::string message = multipart("b", many + "--b\r\n\r\n" + std::string(4'000'000, '\n'));
  ViewSource source(as_bytes(message));
  class Counted final : public RewindableSource {
   public:
    explicit Counted(RewindableSource& from) : from_(from) {}
    Result<std::size_t> read(MutableBytes into) override {
      const auto count = from_.read(into);
      if (count) octets += *count;
      return count;
    }
    Status rewind() override { return from_.rewind(); }
    std::uint64_t octets = 0;

   private:
    RewindableSource& from_;
  } counted(source);
  SharedInput input(counted);
  const auto found = leaves_of(input);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->has_more);
  EXPECT_LT(counted.octets, 2 * message.size());
}

TEST(Leaves, OfAMultipartThatNobodyCanTakeApartAreItsBody) {
  const Seen seen = leaves_in("Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nbody\r\n--b--\r\n");
  EXPECT_EQ(seen.bodies.size(), 1u);
  EXPECT_TRUE(leaves_in(multipart("b", "no boundary line\r\n")).has_more);
}

}  // namespace
}  // namespace culvert::crypto
