// base64 as mail servers leave it: blanks, indented and quoted lines, text behind the object.
#include <gtest/gtest.h>

#include <random>

#include "crypto/base/limits.h"
#include "crypto/mime/base64.h"
#include "tests/crypto/mime/support.h"

namespace culvert::crypto {
namespace {

using testing::read_in_pieces;

constexpr std::size_t kLineCharacters = 76;

// One BER object of `size` octets in all, at least 6.
std::string object_of(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  const std::size_t length = size - 6;
  std::string object("\x04\x84", 2);
  for (const int shift : {24, 16, 8, 0})
    object.push_back(static_cast<char>(length >> shift));
  while (object.size() < size)
    object.push_back(static_cast<char>(random()));
  return object;
}

// `object` in lines, each between `front` and `back`.
std::string lines_of(std::string_view object, std::string_view front, std::string_view back) {
  const std::string text = to_base64(as_bytes(object));
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += kLineCharacters)
    lines.append(front).append(text.substr(at, kLineCharacters)).append(back);
  return lines;
}

std::string read_by(std::string_view text, std::size_t step) {
  TricklingSource from(as_bytes(text), step);
  Base64Source source(from);
  const std::string once = read_in_pieces(source, 1000);
  EXPECT_TRUE(source.rewind().ok());
  EXPECT_EQ(read_in_pieces(source, 1000), once);
  return once;
}

// The same however it is cut.
std::string read(std::string_view text) {
  const std::string whole = read_by(text, 1'000'000);
  for (const std::size_t step : {1, 3, 64, 77, 1000})
    EXPECT_EQ(read_by(text, step), whole) << "in pieces of " << step;
  return whole;
}

// Lengths that end inside a group, with it, and with a whole line.
const std::vector<std::size_t> kSizes{6, 7, 8, 57, 114, 115, 500, 570, 1000};

TEST(Base64InMail, BlanksAndTabsArePassedOverWhereverTheyStand) {
  const std::vector<std::pair<std::string_view, std::string_view>> around{
      {"", " \r\n"},   {"", "\t\r\n"},  {"", "   \t \n"},     {" ", "\r\n"},
      {"\t", " \r\n"}, {"    ", "\n"},  {"", "\r\n \r\n"},    {"", "\r\n\r\n"},
      {" \r\n", "\n"}, {"", " \r\r\n"}, {"", "\xc2\xa0\r\n"}, {"\x0b", "\x0c\r\n"},
  };
  for (const std::size_t size : kSizes) {
    const std::string object = object_of(size);
    for (const auto& [front, back] : around)
      ASSERT_EQ(read(lines_of(object, front, back)), object) << size << front << "|" << back;
  }
}

TEST(Base64InMail, StrayOctetsBetweenAnyTwoCharactersArePassedOver) {
  const std::string object = object_of(60);
  const std::string text = lines_of(object, "", "\r\n");
  for (std::size_t place = 0; place <= text.size(); ++place) {
    for (const std::string_view stray : {" ", "\t", "\r", "-", "!", "\xff", " \r\n "}) {
      std::string odd = text;
      odd.insert(place, stray);
      ASSERT_EQ(read_by(odd, 1'000'000), object) << place << stray;
    }
  }
  EXPECT_EQ(read(lines_of(object_of(1000), "> ", "\r\n")), object_of(1000)) << "quoted";
}

TEST(Base64InMail, TextBehindTheObjectIsPassedOver) {
  const std::vector<std::string_view> texts{
      "\r\n",
      "\r\n \r\n\r\n",
      " \t\r\n",
      "-- \r\nscanned\r\n",
      "\r\n-- \r\nscanned\r\n",
      "\r\nscanned\r\n",
      "\r\napproved",
      "scan\n",
      "\nThis mail was scanned by Example\r\n",
      "_______________________________________________\r\nferry mailing list\r\n"
      "https://lists.a.example/mailman/listinfo/ferry\r\n",
      "====================\r\n",
      "\r\n====\r\nMIIC\r\n",
      "\r\n=C3=A9\r\n",
      "\xe2\x80\x94 gepr\xc3\xbc"
      "ft\r\n",
      "a=\r\n",
      "ab==\r\n",
  };
  for (const std::size_t size : kSizes) {
    const std::string object = object_of(size);
    for (const std::string_view text : texts)
      ASSERT_EQ(read(lines_of(object, "", "\r\n") + std::string(text)), object) << size << text;
  }
}

// An object of indefinite length ends where its levels do, and not at the first two zeros.
TEST(Base64InMail, TheEndOfAnIndefiniteObjectIsFound) {
  const std::string zeros("\x04\x02\x00\x00", 4);
  const std::string end("\x00\x00", 2);
  const std::string object = std::string("\x30\x80\x24\x80", 4) + zeros + zeros + end +
                             std::string("\x04\x03\x00\x00\x00", 5) + end;
  ASSERT_EQ(object.size() % 3, 0U) << "without padding";
  const std::string lines = lines_of(object, "", "\r\n");
  EXPECT_EQ(read(lines + "\r\n-- \r\nscanned\r\n"), object);
  EXPECT_EQ(read(lines + lines + lines), "error: trailing-octets");
}

// Who could hide a second object there, or go on with the first, must not.
TEST(Base64InMail, MoreBase64BehindTheObjectIsRefused) {
  const std::string object = object_of(57);
  const std::string lines = lines_of(object, "", "\r\n");
  EXPECT_EQ(read(lines + lines), "error: trailing-octets");
  EXPECT_EQ(read(lines + "\r\n" + lines), "error: trailing-octets");
  EXPECT_EQ(read(lines + " AAAAAAAAAAAAAAAA \r\n"), "error: trailing-octets");
  EXPECT_EQ(read(to_base64(as_bytes(object)) + " scanned\r\n"), "error: trailing-octets");
  const std::string padded = lines_of(object_of(56), "", "\r\n");
  EXPECT_EQ(read(padded + padded), "error: bad-base64");
  EXPECT_EQ(read(to_base64(as_bytes(object_of(56))) + " scanned\r\n"), "error: bad-base64");
  EXPECT_EQ(read(lines_of(object_of(60) + "more", "", "\r\n")), "error: trailing-octets");
  // Inside a group both are one text: whoever reads the object says what that is.
  const std::string both = object_of(58) + "more";
  EXPECT_EQ(read(lines_of(both, "", "\r\n")), both);
}

TEST(Base64InMail, WhatIsPassedOverIsCounted) {
  const std::string object = object_of(100);
  const std::string text = lines_of(object, "> ", " \r\n") + "\r\n-- \r\nscanned\r\n";
  ViewSource view(as_bytes(text));
  Base64Source source(view);
  EXPECT_EQ(source.passed_over(), 0U);
  read_in_pieces(source, 1000);
  // Two quoted lines with a blank behind each, the last of them behind the object.
  EXPECT_EQ(source.passed_over(), 2 * 3 + 3 + 7U);
  ASSERT_TRUE(source.rewind().ok());
  EXPECT_EQ(source.passed_over(), 2 * 3 + 3 + 7U);
  read_in_pieces(source, 1000);
  EXPECT_EQ(source.passed_over(), 2 * 3 + 3 + 7U);
}

TEST(Base64InMail, TooMuchOfItIsRefused) {
  const std::string object = object_of(3000);
  const std::string lines = lines_of(object, "", "\r\n");
  const std::string few(kFreeBlanks, ' ');
  EXPECT_EQ(read_by(few + "\r\n" + lines, 1'000'000), object);
  EXPECT_TRUE(read_by(few + few + few + "\r\n" + lines, 1'000'000).ends_with("bad-base64"));
  const std::string strays(kMaxStrayOctets, '-');
  EXPECT_EQ(read_by(strays + "\r\n" + lines, 1'000'000), object);
  EXPECT_TRUE(read_by(strays + "-\r\n" + lines, 1'000'000).ends_with("bad-base64"));
  const std::string behind(kMaxTextBehindOctets, '-');
  EXPECT_EQ(read_by(lines + behind, 1'000'000), object);
  EXPECT_TRUE(read_by(lines + behind + "-", 1'000'000).ends_with("bad-base64"));
}

TEST(Base64InMail, WhatOnlyNodesWriteIsReadAsStrictlyAsBefore) {
  for (const std::string_view text : {"Zm9v ", "Zm 9v", "\tZm9v", "Zm9v-", "Zm9v\r\n-- \r\n"})
    EXPECT_FALSE(from_base64(text).ok()) << text;
}

}  // namespace
}  // namespace culvert::crypto
