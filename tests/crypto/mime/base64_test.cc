#include "crypto/mime/base64.h"

#include <gtest/gtest.h>

#include <random>

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

TEST(Base64, RefusesWhatTheStandardForbids) {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zm9v=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9v",
                           "Zm9v!", "=Zm9", "Zg=a", "Zm9v\tZm9v", "Zm-_", "Zg==="}) {
    EXPECT_FALSE(from_base64(text).ok()) << text;
  }
}

TEST(Base64, AcceptsLineEndsAnywhere) {
  EXPECT_EQ(to_text(*from_base64("Z\r\nm9\nvYg=\r\n=\r\n\r\n")), "foob");
}

TEST(Base64, SourceGivesTheSameOctetsAgainAfterRewind) {
  const Bytes octets = random_octets(200000, 4);
  const std::string text = encoded(octets, octets.size());
  ViewSource view(as_bytes(text));
  Base64Source source(view);
  EXPECT_EQ(*read_all(source, octets.size()), octets);
  ASSERT_TRUE(source.rewind().ok());
  EXPECT_EQ(*read_all(source, octets.size()), octets);
}

TEST(Base64, SourceGivesWhatStandsBeforeTheDamage) {
  const std::string text = "Zm9vYmFy\r\n!Zm9v\r\n";
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
