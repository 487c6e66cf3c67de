#include "crypto/mime/base64.h"

#include <gtest/gtest.h>

#include <random>

#include "crypto/mime/base64_groups.h"

namespace culvert::crypto {
namespace {

Bytes random_octets(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes out(size);
  for (auto& octet : out)
    octet = static_cast<std::uint8_t>(random());
  return out;
}

std::string encoded(ByteView octets, std::size_t step) {
  Bytes out;
  BytesSink sink(out);
  Base64Encoder encoder(sink);
  for (std::size_t at = 0; at < octets.size(); at += step) {
    EXPECT_TRUE(encoder.write(octets.subspan(at, std::min(step, octets.size() - at))).ok());
  }
  EXPECT_TRUE(encoder.finish().ok());
  return to_text(out);
}

// RFC 4648, 10.
TEST(Base64, EncodesTheVectorsOfTheStandard) {
  EXPECT_EQ(to_base64(as_bytes("")), "");
  EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(to_base64(as_bytes("foo")), "Zm9v");
  EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(to_text(*from_base64("Zm9vYg==")), "foob");
  EXPECT_EQ(to_text(*from_base64("Zm9vYmE=")), "fooba");
}

TEST(Base64, WritesTheSameLinesHoweverTheInputIsCut) {
  for (const std::size_t size : {0, 1, 56, 57, 58, 113, 114, 115, 1000}) {
    const Bytes octets = random_octets(size, 1);
    const std::string whole = encoded(octets, size + 1);
    for (const std::size_t step : {1, 2, 3, 55, 57, 58, 200}) {
      ASSERT_EQ(encoded(octets, step), whole) << size << " in steps of " << step;
    }
    EXPECT_EQ(*from_base64(whole), octets);
  }
}

TEST(Base64, EndsEachLineAfter76Characters) {
  const std::string text = encoded(random_octets(200, 2), 200);
  EXPECT_EQ(text.find("\r\n"), 76U);
  EXPECT_EQ(text.find("\r\n", 78), 78U + 76U);
  EXPECT_TRUE(text.ends_with("\r\n"));
}

TEST(Base64, ReadsTextThatArrivesOctetByOctet) {
  const Bytes octets = random_octets(500, 3);
  Base64Decoder decoder;
  Bytes out;
  for (const char c : encoded(octets, 500)) {
    ASSERT_TRUE(decoder.decode(std::string_view(&c, 1), out).ok());
  }
  EXPECT_TRUE(decoder.finish().ok());
  EXPECT_EQ(out, octets);
}

TEST(Base64, RefusesEachDeviationWithItsReason) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"Zg", "middle of a group"},
      {"Zm9vZ", "middle of a group"},
      {"Zg=", "middle of a group"},
      {"Zm9v\r\nZg=\r\n", "middle of a group"},
      {"Z===", "padding in a wrong place"},
      {"=", "padding in a wrong place"},
      {"=Zm9", "padding in a wrong place"},
      {"Zm9v=", "padding in a wrong place"},
      {"Zg===", "padding in a wrong place"},
      {"Zm8==", "padding in a wrong place"},
      {"Zg=a", "text behind the padding"},
      {"Zg==Zg==", "text behind the padding"},
      {"Zm8=\r\nZm9v\r\n", "text behind the padding"},
      {"Zh==", "unused bits are set"},
      {"Zm9=", "unused bits are set"},
      {"Zm 9v", "outside the alphabet"},
      {"Zm9v ", "outside the alphabet"},
      {"Zm9v\tZm9v", "outside the alphabet"},
      {"Zg== ", "outside the alphabet"},
      {"Zm9v!", "outside the alphabet"},
      {"Zm-_", "outside the alphabet"},
      {"Zm9v\xc3\xa4Zm", "outside the alphabet"},
      {std::string_view("Zm9v\0", 5), "outside the alphabet"},
      {"Zm9v\rZm9v", "carriage return without a line feed"},
      {"Zm9v\r\r\n", "carriage return without a line feed"},
      {"Zg==\r", "carriage return without a line feed"},
  };
  for (const auto& [text, reason] : cases) {
    const auto octets = from_base64(text);
    ASSERT_FALSE(octets.ok()) << text;
    EXPECT_EQ(octets.error().code, "bad-base64");
    EXPECT_NE(octets.error().text.find(reason), std::string::npos)
        << text << ": " << octets.error().text;
  }
}

TEST(Base64, AcceptsLineEndsAnywhere) {
  EXPECT_EQ(to_text(*from_base64("Z\r\nm9\nvYg=\r\n=\r\n\r\n")), "foob");
  EXPECT_EQ(to_text(*from_base64("\n\r\nZm9v\n\n\nYmFy")), "foobar");
}

TEST(Base64, ReadsLinesOfAnyLength) {
  const Bytes octets = random_octets(1000, 5);
  const std::string text = to_base64(octets);
  for (std::size_t length = 1; length <= 200; ++length) {
    std::string lines;
    for (std::size_t at = 0; at < text.size(); at += length) {
      lines += text.substr(at, length) + (at % 2 == 0 ? "\r\n" : "\n");
    }
    const auto read = from_base64(lines);
    ASSERT_TRUE(read.ok() && *read == octets) << length;
  }
}

// Every octet that belongs nowhere, at every place of a long line.
TEST(Base64, FindsDamageAtEveryPlaceOfALine) {
  const Bytes octets = random_octets(57, 6);
  const std::string line = to_base64(octets);
  for (std::size_t place = 0; place < line.size(); ++place) {
    for (int c = 0; c < 256; ++c) {
      if (base64_value(static_cast<char>(c)) != kNotBase64) continue;
      if (c == '=' || c == '\r' || c == '\n') continue;
      std::string text = line + "\r\n";
      text[place] = static_cast<char>(c);
      Bytes out;
      Base64Decoder decoder;
      ASSERT_FALSE(decoder.decode(text, out).ok() && decoder.finish().ok()) << place << " " << c;
      ASSERT_EQ(out, Bytes(octets.begin(), octets.begin() + place / 4 * 3)) << place << " " << c;
    }
  }
}

TEST(Base64Groups, AreTheSameByTableAndByTheWidestInstructions) {
  for (std::size_t groups = 0; groups <= 100; ++groups) {
    const Bytes octets = random_octets(groups * 3, static_cast<unsigned>(groups));
    // Exactly as large as it must be, so that a sanitizer sees a step too far.
    Bytes wide(groups * 4), by_table(groups * 4), back(groups * 3), back_by_table(groups * 3);
    encode_groups(octets, wide.data());
    encode_groups_by_table(octets, by_table.data());
    ASSERT_EQ(wide, by_table) << groups;
    ASSERT_TRUE(decode_groups(wide, back.data()));
    ASSERT_TRUE(decode_groups_by_table(wide, back_by_table.data()));
    ASSERT_EQ(back, octets) << groups;
    ASSERT_EQ(back_by_table, octets) << groups;
    for (std::size_t place = 0; place < wide.size(); ++place) {
      for (const char bad :
           {'=', '\r', '\0', '-', '@', '[', '`', '{', '.', ':', ',', '\x80', '\xff'}) {
        Bytes damaged = wide;
        damaged[place] = static_cast<std::uint8_t>(bad);
        ASSERT_FALSE(decode_groups(damaged, back.data())) << place;
        ASSERT_FALSE(decode_groups_by_table(damaged, back.data())) << place;
      }
    }
  }
}

TEST(Base64Groups, HoldEachValueAtEachPlace) {
  Bytes octets(3 * 8), text(4 * 8), back(3 * 8);
  for (unsigned value = 0; value < (1U << 24); value += value < 4096 ? 1 : 4095) {
    for (std::size_t at = 0; at < octets.size(); at += 3) {
      octets[at] = static_cast<std::uint8_t>(value >> 16);
      octets[at + 1] = static_cast<std::uint8_t>(value >> 8);
      octets[at + 2] = static_cast<std::uint8_t>(value);
    }
    encode_groups(octets, text.data());
    ASSERT_TRUE(decode_groups(text, back.data()));
    ASSERT_EQ(back, octets);
  }
}

TEST(Base64, SourceGivesTheSameOctetsAgainAfterRewind) {
  Bytes octets = random_octets(200000, 4);
  const std::array<std::uint8_t, 5> header{0x04, 0x83, 0x03, 0x0d, 0x3b};  // of 199,995 octets
  std::copy(header.begin(), header.end(), octets.begin());
  const std::string text = encoded(octets, octets.size());
  ViewSource view(as_bytes(text));
  Base64Source source(view);
  EXPECT_EQ(*read_all(source, octets.size()), octets);
  ASSERT_TRUE(source.rewind().ok());
  EXPECT_EQ(*read_all(source, octets.size()), octets);
}

TEST(Base64, SourceGivesWhatStandsBeforeTheDamage) {
  const std::string text = "Zm9vYmFy\r\n=Zm9v\r\n";
  ViewSource view(as_bytes(text));
  Base64Source source(view);
  std::array<std::uint8_t, 100> out{};
  const auto count = source.read(out);
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(as_text(ByteView(out).first(*count)), "foobar");
  EXPECT_FALSE(source.read(out).ok());
  EXPECT_FALSE(source.read(out).ok());
}

}  // namespace
}  // namespace culvert::crypto
