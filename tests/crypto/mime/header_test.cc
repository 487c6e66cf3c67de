#include "crypto/mime/header.h"

#include <gtest/gtest.h>

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

TEST(Header, SplitsAtTheFirstEmptyLineAndKeepsEveryOctet) {
  for (const std::string_view message : {"A: b\r\n\r\nbody\r\n", "\r\nbody", "A: b\r\n", "A: b", "",
                                         "A: b\r\n\r\n", "x\r\ny\r\n\r\nz"}) {
    ViewSource whole(as_bytes(message));
    SlowSource slow(message);
    for (Source* source : {static_cast<Source*>(&whole), static_cast<Source*>(&slow)}) {
      auto head = read_head(*source);
      ASSERT_TRUE(head.ok());
      const Bytes rest = *read_all(*source, 1000);
      EXPECT_EQ(head->header + to_text(head->rest) + to_text(rest), message);
      EXPECT_EQ(head->header.find("\r\n\r\n"), std::string::npos);
    }
  }
}

TEST(Header, RefusesAHeaderBeyondItsLimit) {
  const std::string endless(kMaxHeaderBytes + 1, 'x');
  ViewSource source(as_bytes(endless));
  const auto head = read_head(source);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.error().code, "header-too-large");
}

TEST(Header, FindsFoldedFieldsAndKeepsTheirFolding) {
  const std::string header = "Subject: one\r\n two\r\nX :y\r\nno field\r\nFrom: a@b.example\r\n";
  const auto fields = fields_of(header);
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_EQ(fields[0].name, "Subject");
  EXPECT_EQ(unfolded(fields[0].body), "one two");
  EXPECT_EQ(fields[1].name, "X");
  EXPECT_EQ(fields[2].name, "");
  EXPECT_EQ(bodies_of(fields, "FROM").size(), 1U);
}

// Named attack: Two readers. Controls, blanks and a fold in a name are nothing to some of them.
TEST(Header, TwoReadersFindTheSameFieldsUnderOddNames) {
  const std::string header = std::string("Fro\0m: a\r\n", 10) +
                             "Fr om: b\r\n\x0b"
                             "From\t : c\r\nFROM\r\n : d\r\nfrom \r\n\t\r\n \t: e\r\n"
                             "F\x7fr\x1bom: f\r\nFromm: g\r\nXFrom: h\r\nFrom\xc2\xa0: i\r\n";
  const auto bodies = bodies_of(fields_of(header), "From");
  const std::vector<std::string_view> expected{" a", " b", " c", " d", " e", " f", " i"};
  EXPECT_EQ(bodies, expected);
  EXPECT_FALSE(single_from("From: a@b.example\r\nFrom\r\n : c@d.example\r\n"));
}

TEST(Header, NamesTheOneAuthor) {
  for (const char* from :
       {"jo@b.example", " Jo <jo@b.example>", "\"X, Y\" <jo@b.example>",
        "=?utf-8?q?J?=\r\n <jo@b.example>", "<jo@b.example>", "Jo F. X <jo@B.EXAMPLE>"}) {
    const auto mailbox = single_from("From: " + std::string(from) + "\r\n");
    ASSERT_TRUE(mailbox.has_value()) << from;
    EXPECT_EQ(mailbox->text(), "jo@b.example");
  }
}

// Named attack: Two From.
TEST(Header, TwoFromGivesNoAuthor) {
  EXPECT_FALSE(single_from("Subject: x\r\n"));
  EXPECT_FALSE(single_from("From: a@b.example\r\nFrom: a@b.example\r\n"));
  for (const char* from :
       {"a@b.example, c@d.example", "Group: a@b.example;", "a@b.example (c@d.example)",
        "c@d.example <a@b.example>", "<a@b.example> <c@d.example>", "<@x.example:a@b.example>",
        "a@b.example>", "\"a <c@d.example>", "a@\"b.example\"", "a@b(x).example", "a@[127.0.0.1]",
        "<a@b.example> x", "", "<>", "a b@c.example", "x\\<a@b.example>"}) {
    EXPECT_FALSE(single_from("From: " + std::string(from) + "\r\n")) << from;
  }
}

// Named attack: Cut From. What some readers see ends at a NUL or at a bare CR or LF.
TEST(Header, CutFromGivesNoAuthor) {
  for (const std::string_view from : {
           std::string_view("\"ceo@b.example\0\" <eve@b.example>", 32),
           std::string_view("\"x\0<ceo@b.example>\" <eve@b.example>", 35),
           std::string_view("ceo\r\"\" <eve@b.example>"),
           std::string_view("\"ceo@b.example\r\" <eve@b.example>"),
           std::string_view("\"ceo@b.example\n\" <eve@b.example>"),
           std::string_view("\"\x1b[8m\" <eve@b.example>"),
           std::string_view("ceo\x7f <eve@b.example>"),
       }) {
    EXPECT_FALSE(single_from("From: " + std::string(from) + "\r\n")) << from;
  }
}

// The name is no address, whatever it says: programs write the address into it, lists another one.
TEST(Header, NamesTheAddressAndNotTheDisplayName) {
  for (const char* from :
       {"\"jo@b.example\" <jo@b.example>", "\"ceo@b.example\" <jo@b.example>",
        "=?utf-8?q?ceo=40b=2Eexample?= <jo@b.example>", "\"Jo\tF.\" <jo@b.example>"}) {
    const auto mailbox = single_from("From: " + std::string(from) + "\r\n");
    ASSERT_TRUE(mailbox.has_value()) << from;
    EXPECT_EQ(mailbox->text(), "jo@b.example");
  }
}

}  // namespace
}  // namespace culvert::crypto
