#include "crypto/mime/entity.h"

#include <gtest/gtest.h>

#include "crypto/mime/entity_front.h"
#include "crypto/mime/mime_refusal.h"

namespace culvert::crypto {
namespace {

TEST(Entity, ReadsTypeAndParameters) {
  const auto type = parse_content_type(
      " Application/PKCS7-Mime; smime-type=authEnveloped-data;\r\n name=\"smime.p7m\"");
  ASSERT_TRUE(type.has_value());
  EXPECT_EQ(type->media_type, "application/pkcs7-mime");
  EXPECT_EQ(type->parameter("smime-type"), "authEnveloped-data");
  EXPECT_EQ(type->parameter("name"), "smime.p7m");
  EXPECT_FALSE(type->parameter("charset"));
  EXPECT_TRUE(is_pkcs7_mime(*type));
}

TEST(Entity, WithoutContentTypeIsPlainText) {
  const auto kind = entity_kind("Subject: x\r\n");
  ASSERT_TRUE(kind.has_value());
  EXPECT_EQ(kind->type.media_type, "text/plain");
  EXPECT_EQ(kind->encoding, TransferEncoding::identity);
}

TEST(Entity, IsAmbiguousWithTwoTypesOrTwoEncodings) {
  EXPECT_FALSE(entity_kind("Content-Type: a/b\r\nContent-Type: a/b\r\n"));
  EXPECT_FALSE(
      entity_kind("Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 7bit\r\n"));
}

TEST(Entity, SurvivesBrokenParameters) {
  for (const char* body :
       {"a/b;", "a/b; =x", "a/b; x", "a/b; x=\"open", "a/b;;;", "a/b; (c) x=y"}) {
    EXPECT_TRUE(parse_content_type(body).has_value()) << body;
  }
  for (const char* body : {"", "a", "/b", "a/", "a/;x=y"}) {
    EXPECT_FALSE(parse_content_type(body).has_value()) << body;
  }
}

TEST(Entity, TellsWhetherEachOctetOfATypeWasUnderstood) {
  for (const char* body :
       {"a/b", "a/b;", "a/b; x=y", "a/b ;; x = \"y z\" ; ", "a/b;\r\n x=y;\r\n z=\"\""})
    EXPECT_TRUE(parse_content_type(body)->is_exact) << body;
  for (const char* body :
       {"a/b x", "a/b; x", "a/b; =x", "a/b; x=", "a/b; x=\"open", "a/b; x=y z", "a/b (c)",
        "(c) a/b", "a(c)/b", "a/b; x=y (c)", "a/b; x(c)=y", "a/b; x=\"y;z\"", "a/b; x=\"y\\z\"",
        "a/b; x=\"\\\"\"", "a/b; x=\"\x01\"", "a/b; x=\"y\r\n z\"", "a/b, c/d"}) {
    ASSERT_TRUE(parse_content_type(body).has_value()) << body;
    EXPECT_FALSE(parse_content_type(body)->is_exact) << body;
  }
}

// As check_fields judges the front of a file.
std::string judged(std::string_view file) {
  ViewSource source(as_bytes(file));
  const auto front = read_entity_front(source);
  if (!front) return front.error().code;
  const Status good = check_fields(front->header);
  return good ? "" : good.error().code;
}

// Named attack: Hidden From. A field stands where one reader sees it and another does not.
TEST(EntityFront, HiddenFromInTheMiddleOfALineIsRefused) {
  for (const std::string_view header : {
           std::string_view("Content-Foo: x\rFrom: ceo@a.example\r\n"),
           std::string_view("X-A: x\rFrom: ceo@a.example\rX-B:\r\nFrom: eve@a.example\r\n"),
           std::string_view("X-A: x\r\r\nFrom: eve@a.example\r\n"),
           std::string_view("From\0: ceo@a.example\r\nFrom: eve@a.example\r\n", 43),
           std::string_view("Subject: \0\r\n", 12),
           std::string_view("From\x7f: ceo@a.example\r\n"),
           std::string_view("From\xc2\xa0: ceo@a.example\r\n"),
           std::string_view("A: b\r\nFrom x: c\r\n"),
           std::string_view(" From: ceo@a.example\r\n"),
           std::string_view("junk\r\nFrom: ceo@a.example\r\n"),
           std::string_view("From: eve@a.example\r\njunk\r\n"),
           std::string_view("From eve@a.example Mon Jan 1\r\n From: ceo@a.example\r\n"),
           std::string_view("A: b\r\nFrom eve@a.example Mon Jan 1 00:00:00 2024\r\n"),
           std::string_view(": x\r\n"),
       }) {
    EXPECT_EQ(judged(header), "bad-header") << header;
    EXPECT_EQ(judged(std::string(header) + "\r\nbody"), "bad-header") << header;
  }
}

TEST(EntityFront, TakesWhatIsAHeaderInFilesToo) {
  for (const char* file :
       {"", "From: eve@a.example\r\n", "From: eve@a.example\nSubject: x\n\ty\n\nbody\rx",
        "Subject : x\r\n \r\n y\r\n", "From eve@a.example Mon Jan 1\r\nFrom: eve@a.example\r\n",
        "From eve@a.example Mon Jan  1 00:00:00 2024\nFrom: eve@a.example\n\nx"}) {
    EXPECT_EQ(judged(file), "") << file;
  }
}

}  // namespace
}  // namespace culvert::crypto
