// Named attack: Header injection, into the log: whatever a mail, a peer or a server supplies stays
// within its own value.
#include "crypto/base/log_line.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(LogLine, NamesItsValues) {
  LogLine line("message", "delivered");
  line.word("id", "00ff").address("message-id", "x1@a.example").number("size", 12);
  line.text("reply", "250 2.0.0 ok").text("tls", "");
  EXPECT_EQ(line.line(),
            "message delivered id=00ff message-id=<x1@a.example> size=12 reply=\"250 2.0.0 ok\"");
}

TEST(LogLine, AnAddressCannotBeginAnotherValue) {
  const std::pair<std::string, std::string> cases[] = {
      {"x@a.example", "x@a.example"},
      {"SRS0=ab=cd=b.example=jo@a.example", "SRS0=ab=cd=b.example=jo@a.example"},
      {"x> to=<ceo@a.example", "x\\x3e\\x20to=\\x3cceo@a.example"},
      {"\"x to=<ceo@b.example>\"@c.example",
       "\\x22x\\x20to=\\x3cceo@b.example\\x3e\\x22@c.example"},
      {"a\\b", "a\\x5cb"},
      {"a\tb\r\nmessage delivered id=1", "a\\x09b\\x0d\\x0amessage\\x20delivered\\x20id=1"},
      {std::string("\0\x7f\x1b[2J", 6), "\\x00\\x7f\\x1b[2J"},
      {"gr\xc3\xbcn@a.example", "gr\xc3\xbcn@a.example"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"a\xe2\x80\xae"
       "b",
       "a\\xe2\\x80\\xae"
       "b"},  // right-to-left override
      {"a\xe2\x80\xa8"
       "b",
       "a\\xe2\\x80\\xa8"
       "b"},  // line separator
      {"a\xc2\xa0"
       "b",
       "a\\xc2\\xa0"
       "b"},  // no-break space
      {"", ""},
  };
  for (const auto& [given, shown] : cases) {
    LogLine line("e");
    line.address("to", given);
    EXPECT_EQ(line.line(), "e to=<" + shown + ">");
  }
}

TEST(LogLine, ATextCannotBeginAnotherValue) {
  LogLine line("e");
  line.text("reply", "550 no\" to=<ceo@a.example> \\ \r\nid=1");
  EXPECT_EQ(line.line(), "e reply=\"550 no\\x22 to\\x3d<ceo@a.example> \\x5c \\x0d\\x0aid\\x3d1\"");
}

TEST(LogLine, ListsAndTextsEnd) {
  LogLine list("e");
  list.begin_list("to").item("a").item("b,c> <d").end_list();
  EXPECT_EQ(list.line(), "e to=<a>,<b,c\\x3e\\x20\\x3cd>");
  LogLine none("e");
  none.begin_list("to").end_list();
  EXPECT_EQ(none.line(), "e to=");
  LogLine many("e");
  many.begin_list("to");
  for (int i = 0; i < 1000; ++i)
    many.item("recipient" + std::to_string(i) + "@a.example");
  many.end_list();
  EXPECT_LT(many.line().size(), kMaxLoggedListOctets + 200);
  EXPECT_NE(many.line().find("> to-left-out=8"), std::string::npos) << many.line();
  LogLine text("e");
  text.text("why", std::string(10'000, '=')).address("id", std::string(10'000, 'x'));
  EXPECT_LT(text.line().size(), 6 * kMaxLoggedOctets);
}

}  // namespace
}  // namespace culvert
