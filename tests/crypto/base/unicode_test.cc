#include "crypto/base/unicode.h"

#include <gtest/gtest.h>

#include "crypto/base/charset.h"
#include "crypto/base/utf8.h"

namespace culvert {
namespace {

TEST(Unicode, ShowsWhatAPersonSees) {
  const std::pair<std::string_view, const char*> cases[] = {
      {"", ""},
      {"plain text", "plain text"},
      {{"a\0b\x07"
        "c\x7f",
        6},
       "abc"},
      {"a\tb\r\nc", "a b  c"},
      {"\xef\xbd\x81\xef\xbc\xa0\xef\xbd\x82", "a@b"},       // full width
      {"\xef\xac\x81\xe2\x93\x91\xf0\x9d\x90\x9e", "fibe"},  // ligature, circle, bold
      {"a\xe2\x80\x8b\xc2\xad\xe2\x81\xa0\xef\xbb\xbf"
       "b",
       "ab"},
      {"a\xe2\x80\xae\xe2\x81\xa6\xd8\x9c"
       "b",
       "ab"},  // direction
      {"a\xef\xb8\x8f\xf3\xa0\x84\x80\xf3\xa0\x81\xa1"
       "b",
       "ab"},  // variations, tags
      {"a\xe3\x85\xa4\xe1\x85\x9f"
       "b",
       "ab"},  // fillers
      {"a\xc2\xa0\xe3\x80\x80\xe2\x80\xa8"
       "b",
       "a   b"},  // blanks
      {"a\xe3\x80\x82"
       "b\xef\xbd\xa1"
       "c\xef\xbc\x8e"
       "d\xe2\x80\xa4"
       "e",
       "a.b.c.d.e"},
      {"u\xcc\x88", "\xc3\xbc"},
      {"a\xff\xc3"
       "b\xed\xa0\x80",
       "a\xef\xbf\xbd"
       "b\xef\xbf\xbd"},
      {"\xef\xb7\xba", "\xef\xbf\xbd"},
  };
  for (const auto& [text, seen] : cases)
    EXPECT_EQ(as_seen(text), seen) << text;
}

TEST(Unicode, TurnsTextRound) {
  EXPECT_TRUE(
      turns_direction("a\xe2\x80\xae"
                      "b"));
  EXPECT_FALSE(
      turns_direction("a\xe2\x80\xac"
                      "b"));
  EXPECT_EQ(reversed("a\xc3\xbc\xe3\x80\x82"
                     "b"),
            "b\xe3\x80\x82\xc3\xbc"
            "a");
}

TEST(Unicode, KnowsWhatALabelMayHold) {
  for (const char* one : {"a", "Z", "0", "-", "\xc3\xbc", "\xe4\xb8\xad", "\xe0\xa5\x80"})
    EXPECT_EQ(label_character_length(std::string(one) + "x"), std::string_view(one).size()) << one;
  for (const char* none : {"", ".", "_", " ", "!", "\xef\xbf\xbd", "\xe2\x98\x83", "\xe2\x80\x94"})
    EXPECT_EQ(label_character_length(none), 0U) << none;
}

TEST(Charset, ReadsWhatMailNames) {
  struct Case {
    const char* charset;
    std::string_view octets;
    const char* text;
  };
  const Case cases[] = {
      {"utf-8", "\xc3\xbc", "\xc3\xbc"},
      {"UTF_8", "\xc3\xbc", "\xc3\xbc"},
      {"utf-8", "\xfc@", "\xc3\xbc@"},
      {"us-ascii", "a@b", "a@b"},
      {"ISO-8859-1", "\xfc", "\xc3\xbc"},
      {"iso8859_15", "\xa4", "\xe2\x82\xac"},
      {"Windows-1252", "\x80\x81", "\xe2\x82\xac\xef\xbf\xbd"},
      {"koi8-r", "\xc1", "\xd0\xb0"},
      {"utf-16", {"\xfe\xff\0a", 4}, "a"},
      {"UTF-16LE", {"a\0", 2}, "a"},
      {"utf-7", "+AEA-", "@"},
      {"Shift_JIS", "\x81\x97", "\xef\xbc\xa0"},
      {"iso-2022-jp", "\x1b$B!w\x1b(B", "\xef\xbc\xa0"},
      {"gb2312", "\xa3\xc0", "\xef\xbc\xa0"},
      {"big5", "\xa2\x49", "\xef\xbc\xa0"},
      {"euc-kr", "\xa3\xc0", "\xef\xbc\xa0"},
      {"cp037", "\x7c", "@"},
      {"no-such-charset", "a@\xfc", "a@\xc3\xbc"},
      {"", "a", "a"},
      {"iso-2022-jp", "", ""},
  };
  CharsetReader charsets;
  for (const Case& one : cases)
    EXPECT_EQ(charsets.to_utf8(one.charset, one.octets), one.text) << one.charset;
  // A name of a stranger's choice loads nothing.
  EXPECT_EQ(charsets.to_utf8("../../tmp/x", "a"), "a");
  EXPECT_EQ(charsets.to_utf8("INTERNAL", "\xff"), "\xc3\xbf");
}

TEST(Charset, EndsWithAnyOctets) {
  CharsetReader charsets;
  for (const char* charset :
       {"utf-7", "utf-16", "utf-32", "iso-2022-jp", "iso-2022-kr", "shift_jis", "euc-jp", "gb18030",
        "big5", "euc-kr", "cp037", "utf-8", "koi8-u"}) {
    std::uint32_t state = 1;
    for (int round = 0; round < 200; ++round) {
      std::string octets;
      for (int i = 0; i < round; ++i)
        octets.push_back(static_cast<char>((state = state * 1664525 + 1013904223) >> 24));
      EXPECT_TRUE(is_utf8(charsets.to_utf8(charset, octets))) << charset;
    }
  }
}

}  // namespace
}  // namespace culvert
