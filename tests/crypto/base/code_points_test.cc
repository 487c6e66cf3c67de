// What may not be shown as it is: text that looks like other text than it is.
#include "crypto/base/code_points.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/base/log.h"

namespace culvert {
namespace {

struct Example {
  const char* what;
  const char* octets;
};

// At least one of each kind that shows nothing, or moves what stands beside it.
constexpr Example kUnseen[] = {
    {"zero width space", "\xe2\x80\x8b"},
    {"zero width non-joiner", "\xe2\x80\x8c"},
    {"zero width joiner", "\xe2\x80\x8d"},
    {"byte order mark", "\xef\xbb\xbf"},
    {"word joiner", "\xe2\x81\xa0"},
    {"invisible times", "\xe2\x81\xa2"},
    {"reserved ignorable", "\xe2\x81\xa5"},
    {"soft hyphen", "\xc2\xad"},
    {"combining grapheme joiner", "\xcd\x8f"},
    {"hangul choseong filler", "\xe1\x85\x9f"},
    {"hangul jungseong filler", "\xe1\x85\xa0"},
    {"hangul filler", "\xe3\x85\xa4"},
    {"halfwidth hangul filler", "\xef\xbe\xa0"},
    {"khmer inherent vowel", "\xe1\x9e\xb4"},
    {"mongolian variation selector", "\xe1\xa0\x8b"},
    {"mongolian vowel separator", "\xe1\xa0\x8e"},
    {"variation selector 1", "\xef\xb8\x80"},
    {"variation selector 16", "\xef\xb8\x8f"},
    {"variation selector 256", "\xf3\xa0\x87\xaf"},
    {"tag a", "\xf3\xa0\x81\xa1"},
    {"cancel tag", "\xf3\xa0\x81\xbf"},
    {"musical begin beam", "\xf0\x9d\x85\xb3"},
    {"shorthand overlap", "\xf0\x9b\xb2\xa0"},
    {"braille blank", "\xe2\xa0\x80"},
    {"line separator", "\xe2\x80\xa8"},
    {"paragraph separator", "\xe2\x80\xa9"},
    {"arabic letter mark", "\xd8\x9c"},
    {"left-to-right mark", "\xe2\x80\x8e"},
    {"right-to-left override", "\xe2\x80\xae"},
    {"right-to-left isolate", "\xe2\x81\xa7"},
    {"pop directional isolate", "\xe2\x81\xa9"},
    {"inhibit symmetric swapping", "\xe2\x81\xaa"},
    {"interlinear annotation", "\xef\xbf\xb9"},
    {"object replacement", "\xef\xbf\xbc"},
    {"noncharacter", "\xef\xbf\xbf"},
    {"noncharacter of plane 1", "\xf0\x9f\xbf\xbe"},
    {"next line (C1)", "\xc2\x85"},
    {"control sequence introducer (C1)", "\xc2\x9b"},
    {"escape", "\x1b"},
    {"delete", "\x7f"},
    {"carriage return", "\r"},
};

TEST(UnseenCharacters, AreShownInNoText) {
  for (const Example& example : kUnseen) {
    EXPECT_EQ(printable("a" + std::string(example.octets) + "b"), "a?b") << example.what;
  }
}

// Words of many scripts, composed and decomposed, stay as they are.
constexpr const char* kHonest[] = {
    "Zürich",
    "Đặng Thị Hoà",
    "A\xcc\x8a\xcc\xa3ngstro\xcc\x88m",  // decomposed, two marks on one letter
    "हिन्दी भाषा",
    "ภาษาไทยที่นี่",
    "தமிழ்",
    "عربي",
    "שָׁלוֹם",
    "한국어",
    "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",  // the first of these as jamo
    "漢字 かな",
    "📬 mail",
    "€ 5 – “fine” … \xef\xbf\xbd",
};

TEST(UnseenCharacters, AreNoneOfWhatLanguagesNeed) {
  for (const char* text : kHonest)
    EXPECT_EQ(printable(text), text);
}

TEST(FloodOfMarks, IsCutToWhatLettersNeed) {
  const std::string acute = "\xcc\x81";
  std::string flood = "e";
  for (int i = 0; i < 50; ++i)
    flood += acute;
  EXPECT_EQ(printable(flood, 1000), "e" + acute + acute + acute + acute + std::string(46, '?'));
  EXPECT_EQ(printable(acute + "e" + acute), "?e" + acute)
      << "a mark at the front is drawn over what stands before the text";
  // Vowels of Hangul join like marks.
  std::string vowels = "\xe1\x84\x92";
  for (int i = 0; i < 9; ++i)
    vowels += "\xe1\x85\xa1";
  EXPECT_TRUE(printable(vowels).ends_with("?????"));
}

TEST(ColumnsOf, CountsWhatATerminalUses) {
  EXPECT_EQ(columns_of('a'), 1U);
  EXPECT_EQ(columns_of(0xfc), 1U);
  EXPECT_EQ(columns_of(0x301), 0U);
  EXPECT_EQ(columns_of(0x6f22), 2U);
  EXPECT_EQ(columns_of(0xac00), 2U);
  EXPECT_EQ(columns_of(0x1f4ec), 2U);
  EXPECT_EQ(columns_of(0xff21), 2U);
  EXPECT_EQ(columns_of(0x3000), 2U);
  EXPECT_EQ(columns_of(0x200b), 0U);
}

// Every code point, so that no table has a hole at its edge.
TEST(CodePoints, AreJudgedWithoutGapsOrOverlap) {
  std::size_t unseen = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    unseen += is_unseen(c) ? 1 : 0;
    ASSERT_FALSE(c >= 0x20 && c < 0x7f && (is_unseen(c) || is_mark(c)))
        << static_cast<std::uint32_t>(c);
    ASSERT_LE(columns_of(c), 2U);
  }
  EXPECT_TRUE(is_unseen(0xe0000) && is_unseen(0xe0fff) && !is_unseen(0xe1000));
  EXPECT_TRUE(is_mark(0x300) && is_mark(0x36f) && !is_mark(0x2ff) && !is_mark(0x370));
  // 4,174 of Default_Ignorable_Code_Point (DerivedCoreProperties of Unicode 14), 65 controls, 2,048
  // surrogates, 66 noncharacters; 2 separators, 4 for annotations and objects, 16 of hieroglyphs,
  // and the empty braille pattern.
  EXPECT_EQ(unseen, 4174U + 65 + 2048 + 66 + 2 + 4 + 16 + 1);
}

TEST(CodePointReader, TakesEachOctetThatIsNoUtf8Alone) {
  CodePointReader reader("\xff\xc3[\xe2\x80");
  std::string shown;
  while (const auto item = reader.next())
    shown += item->may_be_shown ? std::string(item->octets) : "?";
  EXPECT_EQ(shown, "??[??");
}

}  // namespace
}  // namespace culvert
