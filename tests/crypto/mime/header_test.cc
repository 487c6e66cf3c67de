#include "crypto/mime/header.h"

#include <gtest/gtest.h>

namespace culvert::crypto {
namespace {

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
       {"a@b.example, c@d.example", "a@b.example (c@d.example)", "c@d.example <a@b.example>",
        "<a@b.example> <c@d.example>", "<@x.example:a@b.example>", "a@b.example>",
        "\"a <c@d.example>", "a@\"b.example\"", "a@b(x).example", "a@[127.0.0.1]",
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

TEST(Header, NamesTheOneAuthorBesideComments) {
  for (const char* from : {
           "jo@b.example (Jo)",
           "(Jo) jo@b.example",
           "(Jo)jo@b.example(desk)",
           "Jo <jo@b.example> (desk)",
           "Jo (the boss) <jo@b.example>",
           "(x) Jo (y) <jo@b.example> (z) (w)",
           "<jo@b.example> (desk)",
           "<jo@b.example (desk)>",
           "jo@b.example (Jo (of the (inner) desk), Harbour; second floor: left.)",
           "jo@b.example\r\n (Jo\r\n\tHarbour)",
           "(Jo Harbour)\r\n jo@b.example",
           "jo@b.example ()",
           "jo@b.example (Jo \\(of the desk\\), \\\\ and more)",
           "jo@b.example (\"Jo\" Harbour)",
           "\"Jo (desk)\" <jo@b.example> (x)",
           "\"Harbour, Jo\" (x) <jo@b.example>",
           "\"jo\"@b.example (Jo)",
           "jo@b.example (=?utf-8?q?J=C3=B6?=)",
           "=?iso-8859-1?q?J=F6?= <jo@b.example> (desk)",
           "jo@b.example (J\xc3\xb6)",
           "Team: jo@b.example;",
           "Team:jo@b.example; (x)",
           "\"The; team: of\" Jo: Jo <jo@b.example> ;",
           "Team (x): \"Jo\" <jo@b.example> (y);",
           "Team:\r\n jo@b.example;",
       }) {
    const auto mailbox = single_from("From: " + std::string(from) + "\r\n");
    ASSERT_TRUE(mailbox.has_value()) << from;
    EXPECT_EQ(mailbox->text(), "jo@b.example");
  }
}

// Named attack: Two readers. Each of these is another author, or none, for somebody.
TEST(Header, TwoReadersOfACommentGiveNoAuthor) {
  for (const std::string from : {
           // Another address.
           "jo@b.example (ceo@c.example)",
           "(ceo@c.example) jo@b.example",
           "jo@b.example (jo@b.example)",
           "jo@b.example (ceo\xef\xbc\xa0"
           "c.example)",
           "jo@b.example (=?utf-8?q?ceo=40c.example?=)",
           "jo@b.example (=?utf-8?q?ceo=EF=BC=A0c.example?=)",
           "jo@b.example (=?utf-8?b?Y2VvQGMuZXhhbXBsZQ==?=)",
           "jo@b.example (=?cp297?q?=83=85?=)",
           "\"ceo@c.example\" <jo@b.example> (x)",
           "=?utf-8?q?ceo=40c.example?= <jo@b.example> (x)",
           "Team: jo@b.example, ceo@c.example;",
           "Team: jo@b.example; ceo@c.example",
           "Team: jo@b.example;, Other: x@c.example;",
           "ceo@c.example: jo@b.example;",
           "\"ceo@c.example\": jo@b.example;",
           "@c.example: jo@b.example;",
           // Brackets in a comment, and one that ends elsewhere for another reader.
           "jo@b.example (<ceo>)",
           "(<ceo) jo@b.example (>)",
           "jo@b.example (x\\) .c.example)",
           "(\\) jo@b.example (\\) x)",
           "jo@b.example (x\\( .c.example)",
           "(x \\\\\\) jo@b.example)",
           "jo@b.example (x",
           "jo@b.example x)",
           "jo@b.example (x))",
           "\"(\" jo@b.example \")\"",
           "(\") jo@b.example, (\")",
           "jo@b.example (=?utf-8?q?x)_.c.example_(y?=)",
           "jo@b.example (=?utf-8?q?x)_=3Cceo=3E_(y?=)",
           "jo@b.example (\xe2\x80\xae"
           "elpmaxe.c)",
           "jo@b.example (=?utf-8?q?=E2=80=AEelpmaxe.c?=)",
           "(Jo\r\n ceo) jo@b.example",
           "(Jo\r\n ceo) Jo <jo@b.example>",
           "(x) \"Jo\r\n ceo\" <jo@b.example>",
           // Inside an address.
           "jo@b(x).example",
           "jo@(x)b.example",
           "jo(x)@b.example",
           "j(x)o@b.example",
           "jo@b.example (x) .c.example",
           "jo@b.example. (x) c.example",
           "ceo. (x) jo@b.example",
           "ceo (x) jo@b.example",
           "<jo@b(x).example>",
           "<(x) ceo jo@b.example>",
           // No group.
           ": jo@b.example;",
           ":: jo@b.example;",
           ":Team: jo@b.example;",
           "(x) :Team: jo@b.example;",
           "Team: jo@b.example",
           "Team: jo@b.example; x",
           "Team: Inner: jo@b.example;;",
           "Team:;",
           "<Team: jo@b.example;>",
           "jo@b.example;",
       }) {
    EXPECT_FALSE(single_from("From: " + from + "\r\n")) << from;
  }
  EXPECT_FALSE(single_from("From: jo@b.example (x)\r\nFrom: jo@b.example (x)\r\n"));
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
