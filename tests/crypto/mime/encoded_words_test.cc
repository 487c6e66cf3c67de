#include "crypto/mime/encoded_words.h"

#include <gtest/gtest.h>

namespace culvert::crypto {
namespace {

std::string together(std::string_view text) {
  CharsetReader charsets;
  return decode_words(text, {WordJoins::together, WordBounds::lenient}, charsets);
}
std::string apart(std::string_view text) {
  CharsetReader charsets;
  return decode_words(text, {WordJoins::apart, WordBounds::lenient}, charsets);
}

// The examples of RFC 2047, 8.
TEST(EncodedWords, ReadsTheExamplesOfTheStandard) {
  EXPECT_EQ(together("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>"),
            "Keith Moore <moore@cs.utk.edu>");
  EXPECT_EQ(together("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?="), "Keld J\xc3\xb8rn Simonsen");
  EXPECT_EQ(together("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n"
                     " =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?="),
            "If you can read this you understand the example.");
  EXPECT_EQ(together("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)"), "(ab)");
  EXPECT_EQ(together("(=?ISO-8859-1?Q?a?= b)"), "(a b)");
  EXPECT_EQ(together("(=?ISO-8859-1?Q?a_b?=)"), "(a b)");
}

TEST(EncodedWords, KeepsThemApartForWhoShowsTheBlank) {
  EXPECT_EQ(apart("x=?utf-8?q?a?= =?utf-8?q?b?=y"), "x a  b y");
}

TEST(EncodedWords, LetsBeWhatIsNone) {
  for (const char* text : {"", "=?", "?=", "=?utf-8?q?a", "=?utf-8?x?a?=", "=?utf-8?q", "a =?= b",
                           "=?utf-8?q?=", "=?utf-8?\?=", "price=?yes"}) {
    EXPECT_EQ(together(text), text);
  }
}

TEST(EncodedWords, GoesOnWithWordsInWordsUpToItsLimit) {
  std::string text = "end";
  for (std::size_t i = 0; i < kMaxWordRounds + 2; ++i) {
    std::string escaped;
    for (const char c : text)
      escaped += c == '=' ? "=3D" : c == '?' ? "=3F" : c == '_' ? "=5F" : std::string(1, c);
    text = "=?utf-8?q?" + escaped + "?=";
    const std::string decoded = together(text);
    EXPECT_EQ(decoded == "end", i < kMaxWordRounds) << i << decoded;
  }
}

}  // namespace
}  // namespace culvert::crypto
